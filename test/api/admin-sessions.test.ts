import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import type { Answer } from './support/ask.ts';
import { copySession, publishGate, revokeLink, writeLink } from './support/rows.ts';
import { runUrl, type SessionAdminRig, startSessionAdmin } from './support/session-admin-rig.ts';
import { viewOf } from './support/session-view.ts';
import { after, gateOf, HOUR, KEY, linkId, NOW, OTHER_KEY } from './support/values.ts';

const PATH = '/api/v1/admin/sessions';
let rig: SessionAdminRig;
/** In the order in which they were taken in, after the first two. */
let more: SessionKey[];

const later = (hours: number): Date => new Date(NOW + hours * HOUR);

beforeAll(async () => {
  rig = await startSessionAdmin();
  const { db, rows } = rig;
  await db
    .insertInto('orders')
    .values({
      saleor_domain: 'shop.example',
      order_id: 'order-of-its-own',
      tenant_id: rows.tenantId,
      client_id: rows.otherClientId,
      number: '4711',
      currency: 'EUR',
    })
    .execute();
  more = [
    await copySession(db, 1, { intended_at: later(1), phase: 'scheduled', starts_at: later(50) }),
    // The same instant: told apart by their keys.
    await copySession(db, 2, { intended_at: later(2), phase: 'scheduled', starts_at: later(30) }),
    await copySession(db, 3, { intended_at: later(2), phase: 'ended', outcome: 'no-show' }),
    await copySession(db, 4, {
      intended_at: later(3),
      needs_attention: true,
      starts_at: later(30),
      product_name: '100% _Yoga_',
      ticket_number: '53000000000000000042',
    }),
    await copySession(db, 5, {
      intended_at: later(4),
      client_id: rows.otherClientId,
      order_id: 'order-of-its-own',
      product_name: '=HYPERLINK("https://evil.example")',
    }),
  ];
});
afterAll(() => rig.close());

const itemsOf = (answer: Answer) => (answer.json?.['items'] ?? []) as Record<string, unknown>[];
const idsOf = (answer: Answer) => itemsOf(answer).map(({ id }) => id);
const named = (...ns: number[]) => ns.map((n) => more[n - 1]);

async function walk(query: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  let cursor = '';
  for (;;) {
    const page = await rig.get(`${PATH}?limit=2${query}${cursor}`);
    expect(page.status).toBe(200);
    seen.push(...idsOf(page));
    const next = page.json?.['next_cursor'];
    if (typeof next !== 'string') return seen;
    cursor = `&cursor=${next}`;
  }
}

describe('the list', () => {
  test('page by page, each session once: the newest first, or the next one first', async () => {
    const newest = await walk('');
    expect(newest.slice(0, 5)).toEqual(named(5, 4, 3, 2, 1));
    expect(new Set(newest)).toEqual(new Set([...more, KEY, OTHER_KEY]));
    expect(newest).toHaveLength(7);
    const next = await walk('&order=starts');
    expect(next.slice(0, 3)).toEqual(named(2, 4, 1));
    expect(new Set(next)).toEqual(new Set(newest));
    expect(next).toHaveLength(7);
  });

  test('an item', async () => {
    const [item] = itemsOf(await rig.get(`${PATH}?term=53000000000000000042`));
    expect(item).toEqual({
      id: more[3],
      phase: 'opening',
      outcome: null,
      start_state: 'started',
      needs_attention: true,
      product: '100% _Yoga_',
      variant: 'Online & live',
      client_id: rig.rows.clientId,
      email: 'ada@example.com',
      first_name: 'ada',
      last_name: 'Example',
      language: 'en',
      shop: 'shop.example',
      order_number: '1',
      ticket_number: '53000000000000000042',
      amount: '49.00',
      currency: 'EUR',
      provider: 'calendly',
      event_type: 'x',
      time_zone: 'Europe/Berlin',
      starts_at: later(30).toISOString(),
      ends_at: null,
      cutoff_at: null,
      created_at: later(3).toISOString(),
      updated_at: new Date(NOW).toISOString(),
      run_url: runUrl(more[3] ?? ''),
    });
  });

  test.each<readonly [string, readonly number[]]>([
    ['phase=scheduled', [2, 1]],
    ['outcome=no-show', [3]],
    ['attention=true', [4]],
    ['attention=false&phase=ended', [3]],
    [`starts_from=${later(30).toISOString()}&starts_to=${later(50).toISOString()}`, [4, 2]],
    [`starts_from=${later(31).toISOString()}`, [1]],
    [`created_from=${later(3).toISOString()}`, [5, 4]],
    [`created_from=${later(1).toISOString()}&created_to=${later(2).toISOString()}`, [1]],
    ['term=bob%20EXAMPLE&phase=opening&created_from=2026-12-07T10:00:00%2B01:00', [5]],
    ['term=yoga', [4]],
    ['term=0%25%20_Y', [4]],
    ['term=4711', [5]],
    ['term=%25%25', []],
    ['term=471', []],
  ])('%s', async (query, expected) => {
    const found = idsOf(await rig.get(`${PATH}?${query}`)).filter((id) => id !== OTHER_KEY);
    expect(found).toEqual(named(...expected));
  });

  test('a name or an address of the client', async () => {
    // Newest first.
    for (const term of ['bob', 'BOB@example', 'bob Exam'])
      expect(idsOf(await rig.get(`${PATH}?term=${encodeURIComponent(term)}`))).toEqual([
        ...named(5),
        OTHER_KEY,
      ]);
  });

  test('as CSV: all of them, streamed, with the fields of the list; no formula', async () => {
    const answer = await rig.get(`${PATH}?limit=1`, { accept: 'text/csv' });
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toContain('sessions.csv');
    const [head, ...lines] = answer.text.trimEnd().split('\r\n');
    expect(head?.split(',')).toEqual(Object.keys(itemsOf(await rig.get(PATH))[0] ?? {}));
    expect(lines).toHaveLength(7);
    expect(lines[0]).toContain('"\'=HYPERLINK(""https://evil.example"")"');
    const next = await rig.get(`${PATH}?order=starts&phase=scheduled`, { accept: 'text/csv' });
    expect(
      next.text
        .split('\r\n')
        .slice(1, 3)
        .map((line) => line.slice(0, 22)),
    ).toEqual(named(2, 1));
  });

  test.each([
    'limit=0',
    'order=x',
    'phase=x',
    'outcome=x',
    'attention=yes',
    'starts_from=tomorrow',
    'created_to=2026-12-07',
    'term=%20',
    'other=1',
    'cursor=x',
    `cursor=${Buffer.from(JSON.stringify(['created', 9e15, KEY])).toString('base64url')}`,
    `cursor=${Buffer.from(JSON.stringify(['created', null, KEY])).toString('base64url')}`,
    `cursor=${Buffer.from(JSON.stringify(['starts', 1, KEY])).toString('base64url')}`,
  ])('?%s is refused', async (query) => {
    expect((await rig.get(`${PATH}?${query}`)).json).toMatchObject({ status: 400, code: 'invalid-request' });
  });

  test('is the tenant’s own, and an admin’s', async () => {
    expect(itemsOf(await rig.get(PATH, {}, 'stranger'))).toEqual([]);
    expect(itemsOf(await rig.get(`${PATH}?term=yoga`, {}, 'stranger'))).toEqual([]);
    expect((await rig.get(PATH, {}, 'tenant')).status).toBe(403);
    expect((await rig.get(PATH, {}, 'nobody')).status).toBe(401);
  });
});

const iso = (at: number): string => new Date(at).toISOString();

const timelineOf = (json: Answer['json']) =>
  (json ?? {})['timeline'] as { readonly items: readonly unknown[]; readonly next_cursor: string | null };

describe('one session', () => {
  beforeAll(async () => {
    const { db, rows } = rig;
    await writeLink(db, rows, KEY, linkId(2));
    await revokeLink(db, linkId(1));
    await publishGate(db, gateOf());
    await db
      .insertInto('timeline')
      .values(
        Array.from({ length: 205 }, (_, n) => ({
          session_key: KEY,
          seq: n + 1,
          at: new Date(after(n)),
          event: n === 0 ? 'clock.opened' : 'request.reschedule',
          from_phase: 'opening' as const,
          to_phase: n === 0 ? ('awaiting-booking' as const) : ('opening' as const),
          reason: n === 0 ? 'opened' : 'not-booked',
        })),
      )
      .execute();
  });

  test('its records, what its workflow says, its links and its timeline', async () => {
    rig.engine.viewAnswer = { kind: 'answer', value: viewOf() };
    const { status, json } = await rig.get(`${PATH}/${KEY}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: KEY,
      order_id: `order-${KEY}`,
      line_id: 'line',
      unit: 0,
      refused_values: [],
      run_url: runUrl(KEY),
      links: [
        { id: linkId(1), state: 'revoked', revoked_at: iso(NOW) },
        { id: linkId(2), state: 'good', revoked_at: null },
      ],
      live: {
        phase: 'locked',
        late_change: { by: 'client', deadline: iso(NOW + HOUR) },
        attention: [
          {
            step: 'open-ticket',
            code: 'vendor-forbidden',
            since: iso(NOW),
            vendor_request_id: 'r-1',
            remedy: expect.stringContaining('permission'),
          },
        ],
        gate: { state: 'live', join: [{ from: iso(NOW + HOUR), until: iso(NOW + 3 * HOUR) }] },
      },
    });
    const { items } = timelineOf(json);
    expect(items).toHaveLength(200);
    expect(items[0]).toEqual({
      kind: 'decision',
      seq: 1,
      at: iso(NOW),
      event: 'clock.opened',
      from: 'opening',
      to: 'awaiting-booking',
      reason: 'opened',
    });
  });

  test('the rest of the timeline, by the cursor of the first page', async () => {
    const whole = await rig.get(`${PATH}/${KEY}`);
    const { next_cursor: cursor } = timelineOf(whole.json);
    const rest = await rig.get(`${PATH}/${KEY}/timeline?limit=3&cursor=${cursor}`);
    expect(itemsOf(rest).map(({ seq }) => seq)).toEqual([201, 202, 203]);
    const last = await rig.get(`${PATH}/${KEY}/timeline?limit=3&cursor=${rest.json?.['next_cursor']}`);
    expect(itemsOf(last).map(({ seq }) => seq)).toEqual([204, 205]);
    expect(last.json?.['next_cursor']).toBeNull();
  });

  test('what the gateway told stands between the decisions, by its instant, page by page', async () => {
    const event = (entry: string, at: number, name: 'opened' | 'refused', status: number) => ({
      session_key: OTHER_KEY,
      entry,
      at: new Date(after(at)),
      event: `gateway.${name}` as const,
      status,
    });
    await rig.db
      .insertInto('timeline')
      .values(
        [9, 10].map((seq) => ({
          session_key: OTHER_KEY,
          seq,
          at: new Date(NOW),
          event: 'request.reschedule',
          from_phase: 'scheduled' as const,
          to_phase: 'scheduled' as const,
          reason: 'not-booked',
        })),
      )
      .execute();
    await rig.db
      .insertInto('gateway_events')
      .values([
        event('503:3', 2, 'refused', 503),
        event('opened', 0, 'opened', 200),
        event('429:2', 1, 'refused', 429),
        event('403:1', 1, 'refused', 403),
      ])
      .execute();
    const told: unknown[] = [];
    for (let cursor = ''; ; ) {
      const page = await rig.get(`${PATH}/${OTHER_KEY}/timeline?limit=2${cursor}`);
      told.push(...itemsOf(page).map(({ seq, event: name, reason }) => seq ?? `${name} ${reason}`));
      const next = page.json?.['next_cursor'];
      if (typeof next !== 'string') break;
      cursor = `&cursor=${next}`;
    }
    expect(told).toEqual([
      9,
      10,
      'gateway.opened first-opening',
      'gateway.refused not-allowed',
      'gateway.refused too-many-requests',
      'gateway.refused cannot-tell',
    ]);
  });

  test('a code that the table of failures does not have: no remedy', async () => {
    const attention = [{ step: null, code: 'refund-unclear', since: NOW as Instant, requestId: null }];
    rig.engine.viewAnswer = { kind: 'answer', value: viewOf({ attention, lateChange: null }) };
    const { json } = await rig.get(`${PATH}/${KEY}`);
    expect(json?.['live']).toMatchObject({
      late_change: null,
      attention: [{ code: 'refund-unclear', remedy: expect.stringContaining('The shop paid a part') }],
    });
  });

  test('Temporal away: the records alone', async () => {
    rig.engine.viewAnswer = { kind: 'unavailable', why: 'stub' };
    const { status, json } = await rig.get(`${PATH}/${KEY}`);
    expect([status, json?.['live']]).toEqual([200, null]);
  });

  test.each(['', '/timeline'])('%s of another tenant, of none, and of no id: 404', async (path) => {
    const answers = [
      await rig.get(`${PATH}/${KEY}${path}`, {}, 'stranger'),
      await rig.get(`${PATH}/${'x'.repeat(22)}${path}`),
      await rig.get(`${PATH}/x${path}`),
    ];
    for (const { status, json } of answers)
      expect([status, { ...json, requestId: '' }]).toEqual([404, { ...answers[0]?.json, requestId: '' }]);
  });
});
