import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createRenderer } from '../../integrations/calendly/twin/render.ts';
import {
  formatMicros,
  type HeldCancellation,
  type HeldEvent,
  type HeldInvitee,
  type InviteeId,
  parseMicros,
} from '../../integrations/calendly/twin/state.ts';
import { calendlyFixtures, readCalendlyFixture } from './calendly-fixtures.ts';

const text = z.string().nullable();
const cancellation = z.object({
  canceled_by: z.string(),
  reason: text,
  canceler_type: z.enum(['host', 'invitee']),
  created_at: z.string(),
});

const fixture = z.object({
  event: z.string(),
  created_at: z.string(),
  payload: z.object({
    uri: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    email: z.string(),
    first_name: text,
    last_name: text,
    name: z.string(),
    timezone: z.string(),
    new_invitee: text,
    old_invitee: text,
    no_show: z.object({ uri: z.string(), created_at: z.string() }).nullable(),
    questions_and_answers: z.array(
      z.object({ question: z.string(), answer: z.string(), position: z.number() }),
    ),
    tracking: z.object({
      utm_campaign: text,
      utm_source: text,
      utm_medium: text,
      utm_content: text,
      utm_term: text,
    }),
    scheduled_event: z.object({
      uri: z.string(),
      name: z.string(),
      event_type: z.string(),
      start_time: z.string(),
      end_time: z.string(),
      created_at: z.string(),
      updated_at: z.string(),
      location: z.object({
        join_url: z.string(),
        data: z.object({ id: z.number(), password: z.string() }),
      }),
      cancellation: cancellation.optional(),
    }),
  }),
});

const uuidOf = (uri: string) => uri.slice(uri.lastIndexOf('/') + 1);

function inviteeId(uri: string | null): InviteeId | null {
  const match = uri === null ? null : /scheduled_events\/([^/]+)\/invitees\/(.+)$/.exec(uri);
  return match?.[1] && match[2] ? { eventUuid: match[1], uuid: match[2] } : null;
}

/** What the twin would hold, had it sent this fixture. */
function heldFrom(body: z.output<typeof fixture>): { invitee: HeldInvitee; event: HeldEvent } {
  const { payload } = body;
  const { scheduled_event: wire, tracking } = payload;
  const held: HeldCancellation | null = wire.cancellation
    ? {
        canceledBy: wire.cancellation.canceled_by,
        reason: wire.cancellation.reason,
        cancelerType: wire.cancellation.canceler_type,
        createdAt: parseMicros(wire.cancellation.created_at),
      }
    : null;
  return {
    event: {
      uuid: uuidOf(wire.uri),
      eventTypeUuid: uuidOf(wire.event_type),
      name: wire.name,
      startsAt: parseMicros(wire.start_time),
      endsAt: parseMicros(wire.end_time),
      meeting: { ...wire.location.data, joinUrl: wire.location.join_url },
      createdAt: parseMicros(wire.created_at),
      updatedAt: parseMicros(wire.updated_at),
      cancellation: held,
    },
    invitee: {
      uuid: uuidOf(payload.uri),
      eventUuid: uuidOf(wire.uri),
      email: payload.email,
      firstName: payload.first_name,
      lastName: payload.last_name,
      name: payload.name,
      timeZone: payload.timezone,
      answers: payload.questions_and_answers,
      tracking: {
        campaign: tracking.utm_campaign,
        source: tracking.utm_source,
        medium: tracking.utm_medium,
        content: tracking.utm_content,
        term: tracking.utm_term,
      },
      createdAt: parseMicros(payload.created_at),
      updatedAt: parseMicros(payload.updated_at),
      oldInvitee: inviteeId(payload.old_invitee),
      newInvitee: inviteeId(payload.new_invitee),
      noShow: payload.no_show
        ? { uuid: uuidOf(payload.no_show.uri), createdAt: parseMicros(payload.no_show.created_at) }
        : null,
    },
  };
}

const render = createRenderer(
  {
    userUuid: '0d3f4a5b-1111-4222-8333-944455556666',
    organizationId: 'ORG1',
    name: 'Host',
    slug: 'host',
    email: 'host@example.test',
    timeZone: 'Europe/Berlin',
  },
  () => ({ api: 'https://api.calendly.com', pages: 'https://calendly.com' }),
);

describe('the twin writes what Calendly writes', () => {
  test.each(calendlyFixtures)('%s, byte for byte', (name) => {
    const bytes = readCalendlyFixture(name).toString();
    const body = fixture.parse(JSON.parse(bytes));
    const { invitee, event } = heldFrom(body);
    // The fixtures are laid out for reading; on the wire the same text stands on one line.
    const written = render.webhook(body.event, parseMicros(body.created_at) + 999_999, invitee, event);
    expect(`${JSON.stringify(written, null, 1)}\n`).toBe(bytes);
  });

  test('an invitee of the REST API is the payload without its event', () => {
    const body: unknown = JSON.parse(readCalendlyFixture('invitee.canceled').toString());
    const { scheduled_event: _, ...payload } = z.object({ payload: z.looseObject({}) }).parse(body).payload;
    const { invitee, event } = heldFrom(fixture.parse(body));
    expect(JSON.stringify(render.invitee(invitee, event))).toBe(JSON.stringify(payload));
  });

  test('a user, as the reference quotes it', () => {
    expect(JSON.stringify({ resource: render.user() })).toBe(
      '{"resource":{"uri":"https://api.calendly.com/users/0d3f4a5b-1111-4222-8333-944455556666","name":"Host","slug":"host","email":"host@example.test","scheduling_url":"https://calendly.com/host","timezone":"Europe/Berlin","avatar_url":null,"created_at":"2025-01-02T03:04:05.678123Z","updated_at":"2026-01-02T03:04:05.678123Z","current_organization":"https://api.calendly.com/organizations/ORG1","resource_type":"User","locale":"en"}}',
    );
  });
});

test.each(['2026-03-01T09:15:30.118273Z', '2026-03-01T09:15:31.000000Z', '2026-12-31T23:59:59.999999Z'])(
  'microseconds survive: %s',
  (wire) => {
    expect(formatMicros(parseMicros(wire))).toBe(wire);
  },
);
