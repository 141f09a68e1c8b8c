import { sessionRouteId } from '../../../platform/session-ids.ts';
import { demandOf } from '../demand.ts';
import type { Evidence, Violation } from '../evidence.ts';
import { mailsDue, type Topic } from '../mails.ts';

const count = (topics: readonly Topic[], wanted: Topic): number =>
  topics.filter((topic) => topic === wanted).length;

/** One ticket per session, closed, with the first and the last note once each. */
export function oneTicket({ deeds, tickets }: Evidence): Violation[] {
  return deeds.flatMap(({ key }): Violation[] => {
    const found = tickets.filter((ticket) => ticket.key === key);
    const [ticket] = found;
    const seen = `${found.length} tickets${ticket ? `, ${ticket.state}, ${ticket.status}, opened ${count(ticket.notes, 'opened')}×, closed ${count(ticket.notes, 'closed')}×` : ''}`;
    const expected = '1 tickets, closed, ended, opened 1×, closed 1×';
    return seen === expected ? [] : [{ promise: 'one ticket, written once', session: key, expected, seen }];
  });
}

/** Each mail that is due reached the client once. */
export function oneMailEach({ deeds, tickets }: Evidence): Violation[] {
  return deeds.flatMap((one): Violation[] => {
    if (one.stuck !== null) return [];
    const due = mailsDue(one, demandOf(one));
    const mails = tickets.filter(({ key }) => key === one.key).flatMap((ticket) => ticket.mails);
    return [...new Set<Topic>([...(Object.keys(due) as Topic[]), ...mails])].flatMap((topic): Violation[] => {
      const { least, most } = due[topic] ?? { least: 0, most: 0 };
      const sent = count(mails, topic);
      if (sent >= least && sent <= most) return [];
      const expected = `${one.story}: ${topic} ${least === most ? least : `${least} to ${most}`}×`;
      return [{ promise: 'one mail each', session: one.key, expected, seen: `${sent}×` }];
    });
  });
}

/** A route was made for each session, and none is left. */
export function routesCameAndWent({ deeds, routesSeen, routesLeft }: Evidence): Violation[] {
  return deeds.flatMap(({ key }): Violation[] => {
    const id = sessionRouteId(key);
    const seen = `${routesSeen.has(id) ? 'made' : 'never made'}, ${routesLeft.has(id) ? 'still there' : 'gone'}`;
    const expected = 'made, gone';
    return seen === expected ? [] : [{ promise: 'one route, made and gone', session: key, expected, seen }];
  });
}

/** Who is owed the price back gets it once; nobody else gets anything. */
export function oneRefundEach({ deeds, grants }: Evidence): Violation[] {
  return deeds.flatMap((one): Violation[] => {
    if (one.stuck !== null) return [];
    const ours = grants.filter(({ orderId, reason }) => orderId === one.orderId && reason.includes(one.key));
    const seen = ours.map(({ status, amount }) => `${Number(amount)} ${status}`).join(', ') || 'none';
    const expected = demandOf(one).refund ? '49 SUCCESS' : 'none';
    return seen === expected ? [] : [{ promise: 'one refund each', session: one.key, expected, seen }];
  });
}

/** The shop's books agree: what is charged is the price of the units that nobody was paid back. */
export function booksBalance({ deeds, orders }: Evidence): Violation[] {
  return orders.flatMap(({ orderId, charged, units }): Violation[] => {
    const ofOrder = deeds.filter((one) => one.orderId === orderId);
    if (ofOrder.some(({ stuck, story }) => stuck !== null || story === 'shop-cancelled')) return [];
    const paidBack = ofOrder.filter((one) => {
      const { outcome, refund } = demandOf(one);
      return refund || outcome === 'refunded';
    }).length;
    const expected = 49 * (units - paidBack);
    return Number(charged) === expected
      ? []
      : [{ promise: 'the books balance', session: null, expected: `${expected} charged`, seen: charged }];
  });
}
