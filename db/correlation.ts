import type { AppointmentOwner } from './queries/appointments.ts';
import type { InboxSource } from './tables.ts';

/**
 * What a row belongs together with. A Saleor row's correlation is also the only place that keeps the domain whose
 * keys verified it: the body does not name the shop.
 */
export function saleorCorrelation(domain: string, orderId: string): string {
  return `order|${domain}|${orderId}`;
}

/** Undefined for a row that is about no order. */
export function saleorOrderOf(correlation: string): { domain: string; orderId: string } | undefined {
  const [kind, domain, ...orderId] = correlation.split('|');
  if (kind !== 'order' || !domain || orderId.length === 0) return undefined;
  return { domain, orderId: orderId.join('|') };
}

/** Everything that is told of one session's appointments, or of one booking's. */
export function ownerCorrelation({ kind, key }: AppointmentOwner): string {
  return `${kind}|${key}`;
}

/**
 * What agents do on one session's ticket. Apart from its appointments: while Zammad cannot be asked, a client's cancel
 * is still heard.
 */
export function ticketCorrelation(sessionId: string): string {
  return `ticket|${sessionId}`;
}

export function calendlyEventCorrelation(eventUri: string): string {
  return `calendly|${eventUri}`;
}

/** What is told of one booking of Cal.com's that carries no reference of ours. */
export function calcomBookingCorrelation(appointmentUri: string): string {
  return appointmentUri;
}

/** For a row that belongs with nothing, so that it keeps nothing waiting. */
export function unrelatedCorrelation(source: InboxSource, deliveryKey: string): string {
  return `unrelated|${source}|${deliveryKey}`;
}
