import type { GatewayClient, RouteLease } from '../../../integrations/apisix/contract.ts';
import type { CalendlyClient } from '../../../integrations/calendly/contract.ts';
import { schedulingUrl } from '../../../integrations/calendly/scheduling-url.ts';
import type {
  RefundStatus,
  SaleorClient,
  SaleorOrderKeeping,
  SaleorOrderTruth,
} from '../../../integrations/saleor/contract.ts';
import type {
  NewTicket,
  Ticket,
  TicketChange,
  ZammadArticles,
  ZammadClient,
} from '../../../integrations/zammad/contract.ts';
import type { ProviderAppointment } from '../../../integrations/scheduling/provider.ts';
import type { FailureCode } from '../../../platform/failures.ts';
import { VendorFailure } from '../../../platform/http-client.ts';
import type { Instant } from '../../../workflows/contract/values.ts';

/** A vendor's failure that quotes an address, as vendors do. */
export function vendorFailure(code: FailureCode, retryAfterMs: number | null = null): VendorFailure {
  return new VendorFailure(
    code,
    { vendor: 'zammad', method: 'POST', path: '/api/v1/tickets' },
    { status: 422, requestId: 'req-1', retryAfterMs, vendorBody: { error: 'Invalid email zoe@example.com' } },
  );
}

/** Throws the queued failures, one per call; `after` fails when the work is already done. */
export interface Trouble {
  before: Error[];
  after: Error[];
}

async function under<T>(trouble: Trouble, work: () => Promise<T> | T): Promise<T> {
  const before = trouble.before.shift();
  if (before) throw before;
  const result = await work();
  const after = trouble.after.shift();
  if (after) throw after;
  return result;
}

export interface FakeZammad extends ZammadClient, ZammadArticles {
  readonly tickets: (Ticket & { title: string; changes: TicketChange[]; opening: NewTicket | null })[];
  readonly customers: string[];
  readonly trouble: Trouble;
  /** A ticket that is not ours holds this number. */
  stranger(number: string): void;
}

/** Zammad as its contract says, in memory. */
export function fakeZammad(): FakeZammad {
  const tickets: FakeZammad['tickets'] = [];
  const customers: string[] = [];
  const trouble: Trouble = { before: [], after: [] };
  const add = (number: string, sessionId: string, opening: NewTicket | null) => {
    const ticket = {
      id: (tickets.at(-1)?.id ?? 0) + 1,
      number,
      sessionId,
      sessionRev: opening?.sessionRev ?? 0,
      sessionAction: '',
      updatedAt: 0 as Instant,
      state: 'open',
      customerId: opening?.customerId ?? 1,
      title: opening?.title ?? 'Printer',
      changes: [],
      opening,
    };
    tickets.push(ticket);
    return ticket;
  };
  const byId = (id: number) => {
    const ticket = tickets.find((one) => one.id === id);
    if (!ticket) throw vendorFailure('vendor-not-found');
    return ticket;
  };
  return {
    tickets,
    customers,
    trouble,
    stranger: (number) => void add(number, 'somebody-else', null),
    findTicket: async (sessionId) =>
      tickets.find((one) => one.sessionId === sessionId && one.state !== 'merged'),
    openTicket: (ticket) =>
      under(trouble, () => {
        const own = tickets.find((one) => one.sessionId === ticket.sessionId);
        if (own) return own;
        if (tickets.some((one) => one.number === ticket.number)) throw vendorFailure('vendor-conflict');
        return add(ticket.number, ticket.sessionId, ticket);
      }),
    getTicket: async (id) => byId(id),
    changeTicket: (id, change) =>
      under(trouble, () => {
        const ticket = byId(id);
        if (ticket.sessionRev >= change.sessionRev) return ticket;
        ticket.changes.push(change);
        Object.assign(ticket, { sessionRev: change.sessionRev, state: change.state });
        return ticket;
      }),
    mergedInto: async () => [],
    takeOver: async (id, session) => Object.assign(byId(id), { sessionId: session.sessionId }),
    linkTickets: async () => undefined,
    listChosen: async () => tickets.filter(({ sessionAction }) => sessionAction !== ''),
    addArticle: async () => 1,
    deleteArticle: async () => undefined,
    listArticles: async () => [],
    retitleTicket: async () => undefined,
    // Look-up and creation apart, as in the real one: two callers at once would make two.
    async findOrCreateCustomer({ email }) {
      const index = customers.indexOf(email);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return index >= 0 ? index + 1 : customers.push(email);
    },
  };
}

export interface FakeGateway extends GatewayClient {
  readonly routes: Map<string, RouteLease>;
  readonly probed: string[];
  readonly calls: string[];
}

export function fakeGateway(): FakeGateway {
  const routes = new Map<string, RouteLease>();
  const probed: string[] = [];
  const calls: string[] = [];
  return {
    routes,
    probed,
    calls,
    async putRoute(lease) {
      calls.push('put');
      routes.set(lease.id, lease);
    },
    async deleteRoute(id) {
      calls.push('delete');
      routes.delete(id);
    },
    async routeExists(id) {
      calls.push('exists');
      return routes.has(id);
    },
    async awaitLive(slug) {
      calls.push('await');
      probed.push(slug);
    },
  };
}

export interface FakeCalendly extends CalendlyClient {
  readonly links: string[];
  readonly appointments: Map<string, ProviderAppointment>;
  readonly cancelled: string[];
  /** Of each call, in order. */
  readonly cancelReasons: string[];
  readonly searches: { email: string; since: number }[];
  readonly trouble: Trouble;
}

export function fakeCalendly(): FakeCalendly {
  const links: string[] = [];
  const appointments = new Map<string, ProviderAppointment>();
  const cancelled: string[] = [];
  const cancelReasons: string[] = [];
  const searches: { email: string; since: number }[] = [];
  const trouble: Trouble = { before: [], after: [] };
  return {
    links,
    appointments,
    cancelled,
    cancelReasons,
    searches,
    trouble,
    provider: 'calendly',
    moveAppointment: null,
    createSchedulingLink: (eventType, facts) =>
      under(trouble, async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        const bookingUrl = `https://calendly.example/d/${eventType}-${links.length + 1}/60-min`;
        links.push(bookingUrl);
        return { bookingUrl: schedulingUrl(bookingUrl, facts), link: null };
      }),
    withdrawLink: async () => 'gone',
    getAppointment: async (uri) => appointments.get(uri),
    async findAppointments(search) {
      searches.push(search);
      return [...appointments.values()];
    },
    async cancelAppointment(uri, reason) {
      cancelReasons.push(reason);
      if (!cancelled.includes(uri)) cancelled.push(uri);
    },
    readEvent: async () => undefined,
    readInvitee: async () => undefined,
    readAccount: async () => ({ uri: 'u' }),
    async me() {
      return { uri: 'u', organization: 'o', timeZone: 'UTC' };
    },
    ensureWebhook: async () => 'none' as const,
    async requestInviteeDeletion() {},
  };
}

export interface FakeSaleor extends SaleorClient, SaleorOrderKeeping {
  order: SaleorOrderTruth | undefined;
  refundStatus: RefundStatus;
  readonly refunds: Map<string, { orderId: string; lineId: string }>;
  /** Private metadata of its only order. */
  readonly metadata: Map<string, string>;
}

export function fakeSaleor(): FakeSaleor {
  const refunds = new Map<string, { orderId: string; lineId: string }>();
  const metadata = new Map<string, string>();
  return {
    order: {
      orderId: 'T3JkZXI6MQ==',
      status: 'UNFULFILLED',
      chargeStatus: 'FULL',
      isPaid: true,
      isCharged: true,
    },
    refundStatus: 'done',
    refunds,
    metadata,
    async tellOrder(_orderId, entries) {
      for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
    },
    async fulfil() {
      return 'done';
    },
    async getOrder() {
      return this.order;
    },
    async readRefunds() {
      return { grants: [], besideGrants: false };
    },
    async refundUnit({ marker, orderId, lineId }) {
      refunds.set(marker, { orderId, lineId });
      return this.refundStatus;
    },
  };
}
