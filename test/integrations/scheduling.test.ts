import { describe, expect, test } from '@jest/globals';
import { campaignOf } from '../../integrations/scheduling/campaign.ts';
import { markedLink } from '../../integrations/scheduling/marked-link.ts';
import type { SchedulingProvider } from '../../integrations/scheduling/provider.ts';
import { schedulingProviders } from '../../integrations/scheduling/providers.ts';
import { toAppointmentTruth } from '../../integrations/scheduling/truth.ts';
import { providerOfAppointment } from '../../platform/appointment-uri.ts';
import { toldAppointment } from '../support/told-appointment.ts';

const facts = { reference: 'key.mac', name: 'Zoë', email: 'zoe@example.com' };

describe.each([
  ['calendly', 'https://calendly.example/d/x?month=1', 'utm_content', 'utm_campaign'],
  ['calcom', 'https://cal.example/d/x?month=1', 'metadata[bookingRef]', 'metadata[campaign]'],
] as const)('a link of %s', (provider, link, reference, campaign) => {
  test('names whose it is and which of theirs, and keeps what it said', () => {
    const url = new URL(markedLink(provider, link, { ...facts, campaign: 'booking-2' }));
    expect(Object.fromEntries(url.searchParams)).toEqual({
      month: '1',
      [reference]: 'key.mac',
      [campaign]: 'booking-2',
      name: 'Zoë',
      email: 'zoe@example.com',
    });
    expect(campaignOf(url.href)).toBe('booking-2');
  });

  test('that is the only one has no campaign', () => {
    expect(campaignOf(markedLink(provider, link, { ...facts, campaign: null }))).toBeNull();
  });
});

test('what is no link has no campaign', () => {
  expect(campaignOf('not a link')).toBeNull();
});

test('a provider that is not configured is said so', () => {
  const of = schedulingProviders([{ provider: 'calcom' } as SchedulingProvider, null]);
  expect(of('calcom').provider).toBe('calcom');
  expect(() => of('calendly')).toThrow(expect.objectContaining({ code: 'not-configured' }));
});

test.each([
  ['calcom:bookings/u', 'calcom'],
  ['https://api.calendly.com/scheduled_events/e/invitees/i', 'calendly'],
])('%s is an appointment of %s', (uri, provider) => {
  expect(providerOfAppointment(uri)).toBe(provider);
});

describe('what a provider tells, as the rules are told it', () => {
  const told = (more: Parameters<typeof toldAppointment>[1]) =>
    toAppointmentTruth(toldAppointment({ uri: 'calcom:bookings/a', createdAt: 1, startsAt: 5 }, more)).end;
  const cancellation = { by: 'host', at: 3 } as const;

  test.each([
    [{}, { kind: 'none' }],
    [
      { status: 'cancelled', cancellation },
      { kind: 'cancelled', by: 'host', at: 3 },
    ],
    // An end that nobody names was the client's, at the last instant that is known.
    [{ status: 'cancelled' }, { kind: 'cancelled', by: 'client', at: 1 }],
    [
      { status: 'cancelled', cancellation, rescheduled: true },
      { kind: 'replaced', replacedBy: null, at: 3 },
    ],
    [
      { status: 'cancelled', cancellation, replacedBy: 'calcom:bookings/b' },
      { kind: 'replaced', replacedBy: 'calcom:bookings/b', at: 3 },
    ],
  ] as const)('%j', (more, end) => {
    expect(told(more)).toEqual(end);
  });
});
