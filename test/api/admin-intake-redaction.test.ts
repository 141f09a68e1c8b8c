import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redactBody, type RedactedJson } from '../../api/admin/intake/redact-body.ts';
import type { InboxSource } from '../../db/tables.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { calendlyFixtures, readCalendlyFixture } from '../integrations/calendly-fixtures.ts';
import { saleorRequest } from './intake-requests.ts';

const KEY = 'abcdefghijklmnopqrstuv' as SessionKey;
const REFERENCE = `${KEY}.AAAAAAAAAAA`;
const REDACTED = '[redacted]';
const referred = (reference: string) =>
  reference === REFERENCE ? ({ kind: 'session', key: KEY } as const) : undefined;

const saleorFixtures = [
  '11-order-fully-paid-A',
  '14-order-fully-paid-B',
  '42-multi-event-fully-paid-E',
  '52-order-refunded-A',
  '54-order-cancelled-A',
] as const;

/** As a trigger sends them: our custom payload, and Zammad's own with its whole users and articles. */
const zammadBodies = [
  {
    ticket_id: '19',
    number: '5390017264518823',
    session_id: KEY,
    action: 'approve_change',
    state: 'pending reminder',
    updated_by: 'alex.agent@example.test',
    article: 'She called: +49 30 1',
  },
  {
    ticket: {
      id: 19,
      number: '5390017264518823',
      title: 'Session of Zoe Mueller',
      state: 'open',
      session_id: KEY,
      session_action: 'cancel',
      session_status: 'late-change',
      session_rev: 1795257991,
      created_at: '2026-11-21T10:00:00.913Z',
      updated_at: '2026-11-21T10:00:00.994Z',
      customer: { id: 10, firstname: 'Zoe', email: 'zoe.mueller@example.test' },
      updated_by: { id: 4, login: 'alex.agent@example.test' },
    },
    article: { id: 30, from: 'Alex Agent', body: 'Please cancel.', to: 'zoe.mueller@example.test' },
  },
];

const bodies: readonly (readonly [InboxSource, unknown])[] = [
  ...calendlyFixtures.map((name) => ['calendly', JSON.parse(readCalendlyFixture(name).toString())] as const),
  ...saleorFixtures.map((name) => ['saleor', JSON.parse(saleorRequest(name).body.toString())] as const),
  ...zammadBodies.map((body) => ['zammad', body] as const),
];

const redacted = (source: InboxSource, value: unknown): RedactedJson =>
  redactBody({ source, body: Buffer.from(JSON.stringify(value)) }, referred);

type Leaf = string | number | boolean;

/** Every value that is not null, by its path; items of a list share one. */
function leavesOf(value: unknown, path = ''): readonly (readonly [string, Leaf])[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((one) => leavesOf(one, `${path}[]`));
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([name, one]) =>
      leavesOf(one, path === '' ? name : `${path}.${name}`),
    );
  return [[path, value as Leaf]];
}

function mapStrings(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one) => mapStrings(one, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapStrings(one, change)]));
}

const event = 'payload.scheduled_event';
/** What an operator sees. A field more is a decision. */
const SHOWN: Readonly<Record<InboxSource, readonly string[]>> = {
  calendly: [
    'created_at',
    'created_by',
    'event',
    'payload.cancellation.canceler_type',
    'payload.cancellation.created_at',
    'payload.created_at',
    'payload.event',
    'payload.new_invitee',
    'payload.no_show.created_at',
    'payload.no_show.uri',
    'payload.old_invitee',
    'payload.rescheduled',
    `${event}.cancellation.canceler_type`,
    `${event}.cancellation.created_at`,
    `${event}.created_at`,
    `${event}.end_time`,
    `${event}.event_type`,
    `${event}.invitees_counter.active`,
    `${event}.invitees_counter.limit`,
    `${event}.invitees_counter.total`,
    `${event}.start_time`,
    `${event}.status`,
    `${event}.updated_at`,
    `${event}.uri`,
    'payload.status',
    'payload.updated_at',
    'payload.uri',
  ],
  calcom: [
    'createdAt',
    'endTime',
    'eventTypeId',
    'id',
    'metadata.bookingRef',
    'payload.attendees[].noShow',
    'payload.bookingId',
    'payload.bookingUid',
    'payload.endTime',
    'payload.eventTypeId',
    'payload.iCalSequence',
    'payload.length',
    'payload.metadata.bookingRef',
    'payload.requestReschedule',
    'payload.rescheduleEndTime',
    'payload.rescheduleStartTime',
    'payload.rescheduleUid',
    'payload.startTime',
    'payload.status',
    'payload.uid',
    'startTime',
    'status',
    'triggerEvent',
    'uid',
  ],
  saleor: [
    '__typename',
    'issuedAt',
    'order.channel.currencyCode',
    'order.channel.id',
    'order.chargeStatus',
    'order.created',
    'order.id',
    'order.isPaid',
    'order.lines[].id',
    'order.lines[].quantity',
    'order.lines[].variant.id',
    'order.lines[].variant.product.id',
    'order.lines[].variant.product.productType.slug',
    'order.number',
    'order.origin',
    'order.paymentStatus',
    'order.status',
    'order.transactions[].actions[]',
    'order.transactions[].id',
    'order.updatedAt',
    'version',
  ],
  zammad: [
    'action',
    'number',
    'session_id',
    'state',
    'ticket.created_at',
    'ticket.id',
    'ticket.number',
    'ticket.session_action',
    'ticket.session_id',
    'ticket.session_rev',
    'ticket.state',
    'ticket.updated_at',
    'ticket_id',
  ],
};

describe.each(['calendly', 'saleor', 'zammad'] as const)('bodies of %s', (source) => {
  const own = bodies.filter(([from]) => from === source).map(([, body]) => body);

  test('show what is listed and nothing else', () => {
    const shown = own.flatMap((body) =>
      leavesOf(redacted(source, body)).flatMap(([path, value]) => (value === REDACTED ? [] : [path])),
    );
    expect([...new Set(shown)].toSorted()).toEqual(SHOWN[source].toSorted());
  });

  test('what is shown is as it was sent', () => {
    for (const body of own) {
      const sent = new Set(leavesOf(body).map((leaf) => leaf.join()));
      for (const leaf of leavesOf(redacted(source, body)))
        if (leaf[1] !== REDACTED) expect(sent).toContain(leaf.join());
    }
  });
});

const anyBody = fc.constantFrom(...bodies);
/** Never of a shape that is harmless, wherever it stands. */
const words = fc
  .tuple(
    fc.constantFrom('Ada', '+49 30 1', 'ada@example.test', 'https://zoom.example.test/j/1', '§'),
    fc.string(),
  )
  .map((parts) => parts.join(' ‽ '));

test('words of a person survive nowhere: not where a harmless value would stand, nor in another type', () => {
  const inAnotherType = (text: string) =>
    fc.constantFrom<unknown>(text, [text], { uri: text }, { [text]: text }, [[{ created_at: text }]]);
  fc.assert(
    fc.property(
      anyBody.chain(([source, body]) => {
        const count = leavesOf(body).length;
        return fc.tuple(
          fc.constant(source),
          fc.constant(body),
          fc.array(words.chain(inAnotherType), { minLength: count, maxLength: count }),
        );
      }),
      ([source, body, replacements]) => {
        let next = 0;
        const hostile = mapStrings(body, () => replacements[next++]);
        const text = JSON.stringify(redacted(source, hostile));
        expect(text).not.toContain('‽');
      },
    ),
    { numRuns: 200 },
  );
});

test('any JSON at all: every string that is left is one of ours, or a harmless one in its place', () => {
  const name = fc.oneof(
    fc.constantFrom('payload', 'order', 'lines', 'tracking', 'uri', 'status', '__proto__', 'constructor'),
    words,
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      words,
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc
        .array(fc.tuple(name, tie('tree')), { maxLength: 6 })
        .map((entries) => Object.fromEntries(entries) as unknown),
    ),
  }));
  fc.assert(
    fc.property(fc.constantFrom<InboxSource>('calendly', 'saleor', 'zammad'), tree, (source, value) => {
      const text = JSON.stringify(redacted(source, value));
      expect(text).not.toContain('‽');
      expect(leavesOf(JSON.parse(text)).every(([, leaf]) => leaf === REDACTED)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

describe('our reference', () => {
  const tracked = (reference: string) =>
    redacted('calendly', { payload: { tracking: { utm_content: reference, utm_source: REFERENCE } } });

  test('shows its key and not its signature', () => {
    expect(tracked(REFERENCE)).toEqual({ payload: { tracking: { utm_content: KEY, utm_source: REDACTED } } });
  });

  test.each([`${KEY}.BBBBBBBBBBB`, KEY, 'Ada'])(
    'that we did not sign is a visitor’s text: %s',
    (reference) => {
      expect(tracked(reference)).toEqual({
        payload: { tracking: { utm_content: REDACTED, utm_source: REDACTED } },
      });
    },
  );
});

test.each([
  ['https://calendly.com/cancellations/2b9d7c10', REDACTED],
  ['https://api.calendly.com/scheduled_events/a/invitees/b?email=ada', REDACTED],
  ['https://ada:x@api.calendly.com/users/b', REDACTED],
  [
    'https://api.calendly.com/scheduled_events/a/invitees/b',
    'https://api.calendly.com/scheduled_events/a/invitees/b',
  ],
  ['http://127.0.0.1:3014/users/b', 'http://127.0.0.1:3014/users/b'],
])('an address is shown if it is one of Calendly’s things: %s', (uri, shown) => {
  expect(redacted('calendly', { created_by: uri })).toEqual({ created_by: shown });
});
