import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';

const HOUR = 3_600_000;

/** An hour's appointment as its provider tells of it: active, never moved, by nobody's link. */
export function toldAppointment(
  of: Pick<ProviderAppointment, 'uri' | 'createdAt' | 'startsAt'>,
  more: Partial<ProviderAppointment> = {},
): ProviderAppointment {
  return {
    eventUri: of.uri.replace(/\/invitees\/.*$/, ''),
    endsAt: of.startsAt + HOUR,
    status: 'active',
    rescheduled: false,
    replaces: null,
    replacedBy: null,
    noShow: false,
    cancellation: null,
    rescheduleUrl: null,
    cancelUrl: null,
    joinUrl: null,
    timeZone: 'Europe/Berlin',
    reference: null,
    campaign: null,
    ...of,
    ...more,
  };
}
