import { z } from 'zod';
import type { StackAddresses } from '../stack/addresses.ts';
import { DEMO_DURATION_MS, DEMO_EVENT_TYPE } from '../stack/demo-event-type.ts';

/** What the demo looks at on the vendors' side, over their own wire. */
export interface Vendors {
  /** A client pays for one session that is booked later; durations in seconds by the product's policy. */
  pay(): Promise<{ orderId: string; number: string }>;
  /** The id of the order's only line, as Saleor writes it. */
  lineOf(orderId: string): Promise<string>;
  ticket(sessionKey: string): Promise<DemoTicket | undefined>;
  articles(ticketId: number): Promise<readonly DemoArticle[]>;
  routeExists(sessionKey: string): Promise<boolean>;
  book(bookingUrl: string, startsAt: Date): Promise<void>;
  reschedule(rescheduleUrl: string, startsAt: Date): Promise<void>;
}

const ticketSchema = z.object({
  id: z.number(),
  number: z.string(),
  state: z.string(),
  session_id: z.string(),
});
export type DemoTicket = z.output<typeof ticketSchema>;
const articleSchema = z.object({
  type: z.string(),
  to: z.string().nullable(),
  subject: z.string(),
  body: z.string(),
});
export type DemoArticle = z.output<typeof articleSchema>;

/** A session of some seconds whose cutoff is ten seconds before its start. */
export const demoPolicy = {
  'session.cutoff': 'PT10S',
  'session.booking-deadline': 'PT10M',
  'session.gate-opens': 'PT5S',
  'session.gate-closes': 'PT2S',
  'session.reminders': 'PT10S',
  'session.settle': 'PT3S',
  'session.event-type': DEMO_EVENT_TYPE,
} as const;

async function call(url: string, init: RequestInit): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, { ...init, redirect: 'manual' });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, body: json ? JSON.parse(text) : text };
}

function failed(what: string, status: number): Error {
  return new Error(`${what} answered ${status}`);
}

/** Speaks to the running stack's twins, or to nothing else: the demo never pays in a real shop. */
export function createVendors(
  stack: StackAddresses,
  policy: Readonly<Record<string, string>> = demoPolicy,
): Vendors {
  const json = { 'content-type': 'application/json', accept: 'application/json' };
  const zammad = { ...json, authorization: `Token token=${stack.zammad.token}` };

  return {
    async pay() {
      const { status, body } = await call(`${stack.saleor.url}/sandbox/pay`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify({
          email: 'ada.client@example.com',
          firstName: 'Ada',
          lastName: 'Client',
          lines: [
            {
              productName: 'Consulting session',
              quantity: 1,
              unitAmount: '49.00',
              durationMinutes: DEMO_DURATION_MS / 60_000,
              productMetadata: policy,
              variantMetadata: { 'session.join-url': 'https://meet.example.com/demo' },
            },
          ],
        }),
      });
      if (status >= 300) throw failed('the shop', status);
      return z.object({ orderId: z.string(), number: z.string() }).parse(body);
    },
    async lineOf(orderId) {
      const { status, body } = await call(stack.saleor.apiUrl, {
        method: 'POST',
        headers: { ...json, authorization: `Bearer ${stack.saleor.appToken}` },
        body: JSON.stringify({
          query: 'query ($id: ID!) { order(id: $id) { id lines { id } } }',
          variables: { id: orderId },
        }),
      });
      if (status !== 200) throw failed("the shop's API", status);
      const { data } = z
        .object({
          data: z.object({ order: z.object({ lines: z.array(z.object({ id: z.string() })).min(1) }) }),
        })
        .parse(body);
      const line = data.order.lines[0];
      if (!line) throw new Error('the order has no line');
      return line.id;
    },
    async ticket(sessionKey) {
      const { status, body } = await call(
        `${stack.zammad.url}/api/v1/tickets/search?expand=true&per_page=2`,
        {
          method: 'POST',
          headers: zammad,
          body: JSON.stringify({ condition: { 'ticket.session_id': { operator: 'is', value: sessionKey } } }),
        },
      );
      if (status !== 200) throw failed('the ticket search', status);
      return z
        .array(ticketSchema)
        .parse(body)
        .find((ticket) => ticket.session_id === sessionKey);
    },
    async articles(ticketId) {
      const { status, body } = await call(
        `${stack.zammad.url}/api/v1/ticket_articles/by_ticket/${ticketId}`,
        {
          headers: zammad,
        },
      );
      if (status !== 200) throw failed("the ticket's articles", status);
      return z.array(articleSchema).parse(body);
    },
    async routeExists(sessionKey) {
      const { status } = await call(`${stack.apisix.adminUrl}/apisix/admin/routes/sess-${sessionKey}`, {
        headers: { 'x-api-key': stack.apisix.adminKey },
      });
      return status === 200;
    },
    async book(bookingUrl, startsAt) {
      const { status } = await call(bookingUrl, {
        method: 'POST',
        headers: json,
        body: JSON.stringify({
          name: 'Ada Client',
          email: 'ada.client@example.com',
          startsAt: startsAt.toISOString(),
        }),
      });
      if (status >= 400) throw failed('the booking page', status);
    },
    async reschedule(rescheduleUrl, startsAt) {
      const { status } = await call(rescheduleUrl, {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ startsAt: startsAt.toISOString() }),
      });
      if (status >= 400) throw failed('the reschedule page', status);
    },
  };
}
