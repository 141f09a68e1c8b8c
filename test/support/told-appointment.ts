import type { CalendlyAppointment } from '../../integrations/calendly/contract.ts';

const HOUR = 3_600_000;

/** An hour's appointment as Calendly tells of it: active, never moved, by nobody's link. */
export function toldAppointment(
  of: Pick<CalendlyAppointment, 'inviteeUri' | 'createdAt' | 'startsAt'>,
  more: Partial<CalendlyAppointment> = {},
): CalendlyAppointment {
  return {
    eventUri: of.inviteeUri.replace(/\/invitees\/.*$/, ''),
    endsAt: of.startsAt + HOUR,
    status: 'active',
    rescheduled: false,
    oldInvitee: null,
    newInvitee: null,
    noShow: null,
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
