import { createHash } from 'node:crypto';
import type { Database } from '../../db/connect.ts';
import type { Deeds } from './deeds.ts';
import type {
  Evidence,
  GrantFound,
  InboxFound,
  OrderFound,
  RowFound,
  TicketFound,
  WebhookFound,
} from './evidence.ts';
import { topicOf } from './mails.ts';
import { inspectRuns, type RunsDependencies } from './runs.ts';
import type { Sandboxes } from './system.ts';
import type { Watch } from './watch.ts';

async function rowsIn(db: Database): Promise<RowFound[]> {
  const rows = await db
    .selectFrom('sessions')
    .select(['session_key', 'workflow_id', 'start_state', 'phase', 'outcome'])
    .execute();
  return rows.map((row) => ({
    key: row.session_key,
    workflowId: row.workflow_id,
    startState: row.start_state,
    phase: row.phase,
    outcome: row.outcome,
  }));
}

async function inboxIn(db: Database): Promise<InboxFound[]> {
  const rows = await db
    .selectFrom('inbox')
    .select(['source', 'event', 'status', 'reason', 'body'])
    .orderBy('id')
    .execute();
  return rows.map(({ source, event, status, reason, body }) => ({
    source,
    event,
    status,
    reason,
    digest: createHash('sha256').update(body).digest('hex'),
  }));
}

function ticketsOf({ zammad }: Sandboxes): TicketFound[] {
  return zammad.tickets().map(({ id, sessionId, state, sessionStatus }) => ({
    key: sessionId,
    state,
    status: sessionStatus,
    mails: zammad
      .mails()
      .filter(({ ticketId }) => ticketId === id)
      .map(({ subject }) => topicOf(subject)),
    notes: zammad
      .articles(id)
      .filter(({ type }) => type !== 'email')
      .map(({ subject }) => topicOf(subject)),
  }));
}

function ordersOf({ saleor }: Sandboxes): { orders: OrderFound[]; grants: GrantFound[] } {
  const all = saleor.orders();
  return {
    orders: all.map(({ body }) => ({
      orderId: body.id,
      charged: body.totalCharged.amount,
      units: body.lines.reduce((sum, { quantity }) => sum + quantity, 0),
    })),
    grants: all.flatMap(({ body, grants }) =>
      grants.map(({ reason, status, amount }) => ({
        orderId: body.id,
        reason,
        status,
        amount: amount.amount,
      })),
    ),
  };
}

function webhooksOf({ saleor, calendly, zammad }: Sandboxes): WebhookFound[] {
  const of = (vendor: WebhookFound['vendor'], sent: readonly Omit<WebhookFound, 'vendor'>[]) =>
    sent.map(({ event, attempts, digests }) => ({ vendor, event, attempts, digests }));
  return [
    ...of('saleor', saleor.deliveries()),
    ...of('calendly', calendly.deliveries()),
    ...of('zammad', zammad.deliveries()),
  ];
}

/** Looks at everything, everywhere, when all is quiet. */
export async function collect(found: {
  readonly deeds: readonly Deeds[];
  readonly db: Database;
  readonly sandboxes: Sandboxes;
  readonly watch: Watch;
  readonly runs: RunsDependencies;
}): Promise<Evidence> {
  const { deeds, db, sandboxes, watch } = found;
  const runs = await inspectRuns(found.runs, deeds.length);
  return {
    deeds,
    rows: await rowsIn(db),
    runs,
    tickets: ticketsOf(sandboxes),
    routesSeen: watch.routesSeen,
    routesLeft: new Set(sandboxes.apisix.routes().map(({ id }) => id)),
    ...ordersOf(sandboxes),
    webhooks: webhooksOf(sandboxes),
    inbox: await inboxIn(db),
    polls: watch.polls,
    seenOver: watch.seenOver,
  };
}
