import type { Session } from '../../db/tables.ts';
import { sessionRouteId, ticketNumberOf } from '../../platform/session-ids.ts';
import type { SessionPlaces } from '../../platform/session-places.ts';

/** Temporal keeps at most 200 bytes of a summary. */
const SUMMARY_BYTES = 200;

/** One line for Temporal UI: the product's name, cut to what Temporal keeps. Never the client's. */
export function summaryOf(productName: string): string {
  const whole = `Session: ${productName}`.replace(/\s+/g, ' ').trim();
  let line = '';
  for (const { segment } of new Intl.Segmenter().segment(whole)) {
    if (Buffer.byteLength(line + segment) > SUMMARY_BYTES) break;
    line += segment;
  }
  return line;
}

/** Where a run's Markdown leads to besides Temporal UI. */
export interface Described {
  readonly places: SessionPlaces;
  /** What ticket numbers begin with. */
  readonly zammadSystemId: string;
}

/** The links of a run's page, in Markdown. Ids only. They stay as they were when the session was started. */
export function detailsOf(session: Session, { places, zammadSystemId }: Described): string {
  const { session_key: key, saleor_domain: domain, order_id: orderId, unit } = session;
  const ticket = ticketNumberOf(zammadSystemId, key);
  const order = places.order(domain, orderId);
  const unitText = `unit ${unit + 1} of its line`;
  return [
    `- [Session \`${key}\` for operators](${places.admin(key)})`,
    `- [Ticket ${ticket}](${places.ticket(ticket)})`,
    order === null ? `- paid elsewhere, ${unitText}` : `- [Order in the shop](${order}), ${unitText}`,
    `- route at the gateway: \`${sessionRouteId(key)}\``,
  ].join('\n');
}
