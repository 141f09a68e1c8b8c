import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { sessionKeyOf, sessionWorkflowId } from '../../platform/session-ids.ts';
import { GATE_QUERY, SESSION_QUERY, SESSION_WORKFLOW } from '../../workflows/contract/messages.ts';
import type { GateQuery, SessionQuery } from '../../workflows/contract/messages.ts';
import type { SessionView } from '../../workflows/contract/session.ts';
import type { StackAddresses } from '../stack/addresses.ts';
import { expectThat, observe } from './observe.ts';
import type { DemoReport } from './report.ts';
import type { Vendors } from './vendors.ts';
import type { Visit, Visitor } from './visitor.ts';

export interface StoryDependencies {
  readonly stack: StackAddresses;
  readonly client: Client;
  readonly vendors: Vendors;
  readonly visitor: Visitor;
  readonly report: DemoReport;
  readonly pace: Pace;
}

/** How far ahead the client books, and moves to, in milliseconds; the product's policy must fit. */
export interface Pace {
  readonly bookAheadMs: number;
  readonly moveAheadMs: number;
}

/** Fits `demoPolicy`: half a minute from payment to end. */
export const demoPace: Pace = { bookAheadMs: 40_000, moveAheadMs: 22_000 };

export interface StoryResult {
  readonly workflowId: string;
  readonly runUrl: string | null;
}

const SECOND = 1000;
const QUERY_DEADLINE = 3 * SECOND;
/** How long a step may take on a busy machine before the demo gives up. */
const PATIENCE = 60 * SECOND;

/** Saleor's ids are base64 of `Type:<uuid>`. */
export function uuidOf(saleorId: string): string {
  return Buffer.from(saleorId, 'base64').toString('utf8').split(':')[1] ?? saleorId;
}

export function firstUrl(html: string, pattern: RegExp): string | undefined {
  return pattern.exec(html)?.[0]?.replaceAll('&amp;', '&');
}

/**
 * The main job, observed from outside: what the client sees at the gateway, what the agent sees in the ticket, and
 * what the operator sees of the run. Every step is an observation; the first that does not come true ends the story.
 */
export async function tellStory(
  deps: StoryDependencies,
  found: (result: StoryResult) => void,
): Promise<void> {
  const { stack, client, vendors, visitor, report, pace } = deps;

  const paid = await report.step('paid in the shop', async () => {
    const order = await vendors.pay();
    const line = await vendors.lineOf(order.orderId);
    return { detail: `order ${order.number}, signed webhook on its way`, value: { ...order, line } };
  });

  const sessionKey = sessionKeyOf({
    saleorDomain: new URL(stack.saleor.apiUrl).host,
    orderUuid: uuidOf(paid.orderId),
    lineUuid: uuidOf(paid.line),
    unit: 0,
  });
  const workflowId = sessionWorkflowId(sessionKey);
  const handle = client.workflow.getHandle(workflowId);
  // A worker that is away makes a query hang, so it is asked again soon.
  const ask = <T>(query: string): Promise<T | undefined> =>
    client.withDeadline(Date.now() + QUERY_DEADLINE, () => handle.query<T>(query)).catch(() => undefined);
  const view = (): Promise<SessionView> =>
    observe('an answer of the workflow', PATIENCE, () => ask<ReturnType<SessionQuery>>(SESSION_QUERY));
  // 503 says that the gate cannot be told just now, and to come back.
  const visit = (url: string): Promise<Visit> =>
    observe(`an answer of ${new URL(url).pathname}`, PATIENCE, async () => {
      const seen = await visitor.get(url);
      return seen.status === 503 ? undefined : seen;
    });
  const submit = async (action: string, page: string) => {
    // The same key until there is an answer: a request whose outcome is unknown may have been carried out.
    const key = randomUUID();
    return observe(`an answer to ${action}`, PATIENCE, async () => {
      const answer = await visitor.post(`${page}/${action}`, page, key);
      return answer.status === 202 || answer.status >= 500 ? undefined : answer;
    });
  };

  await report.step('workflow owns the session', async () => {
    const description = await observe(`workflow ${workflowId}`, PATIENCE, () =>
      handle.describe().catch(() => undefined),
    );
    expectThat(description.type === SESSION_WORKFLOW, `unexpected workflow type ${description.type}`);
    const runUrl = stack.temporal.uiUrl
      ? `${stack.temporal.uiUrl}/namespaces/${stack.temporal.namespace}/workflows/${workflowId}/${description.runId}/history`
      : null;
    found({ workflowId, runUrl });
    return { detail: workflowId, value: undefined };
  });

  const ticket = await report.step('ticket and route side by side', async () => {
    const opened = await observe('the ticket and the route', PATIENCE, async () => {
      const [seen, route] = await Promise.all([vendors.ticket(sessionKey), vendors.routeExists(sessionKey)]);
      return seen && route ? seen : undefined;
    });
    const history = await handle.fetchHistory();
    const scheduledBy = (activity: string) =>
      history.events?.find(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity,
      )?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId;
    const [ticketTask, routeTask] = [scheduledBy('openTicket'), scheduledBy('putRoute')];
    expectThat(
      ticketTask !== undefined && String(ticketTask) === String(routeTask),
      'the ticket and the route were not scheduled by the same workflow task',
    );
    return { detail: `ticket ${opened.number}, route sess-${sessionKey}`, value: opened };
  });

  const link = await report.step('link in the ticket', async () => {
    const url = await observe('the mail with the link', PATIENCE, async () => {
      const mails = (await vendors.articles(ticket.id)).filter((article) => article.type === 'email');
      const body = mails.map((mail) => mail.body).join('\n');
      return firstUrl(body, /https?:\/\/[^"'<>\s]+\/customer\/s\/[^"'<>\s]+\?token=[^"'<>\s]+/);
    });
    expectThat(url.startsWith(`${stack.gatewayUrl}/customer/s/`), 'the link does not lead to the gateway');
    return { detail: `${url.split('?')[0]}?token=…`, value: url };
  });
  const page = link.split('?')[0] ?? link;

  await report.step('login wall at the gateway', async () => {
    const wall = await visit(page);
    expectThat(wall.status === 302, `expected 302, saw ${wall.status}`);
    expectThat(wall.location?.startsWith('/customer/login') ?? false, `sent to ${wall.location}`);
    return { detail: `302 to ${wall.location?.split('?')[0]}`, value: undefined };
  });

  await report.step('access with the token', async () => {
    const exchange = await visit(link);
    expectThat(exchange.status === 303, `expected 303, saw ${exchange.status}`);
    expectThat(exchange.location === new URL(page).pathname, `sent to ${exchange.location}`);
    const seen = await visit(page);
    expectThat(seen.status === 200, `expected 200, saw ${seen.status}`);
    expectThat(seen.html.includes('Consulting session'), 'the page does not name the session');
    return { detail: '303 to the clean URL, then 200', value: undefined };
  });

  await report.step('booked in Calendly', async () => {
    const bookingUrl = await observe('the booking link on the page', PATIENCE, async () =>
      firstUrl((await visit(page)).html, new RegExp(`${stack.calendly.url}/d/[^"'<>\\s]+`)),
    );
    await vendors.book(bookingUrl, new Date(Date.now() + pace.bookAheadMs));
    const booked = await observe('the booked appointment', PATIENCE, async () => {
      const now = await view();
      return now.phase === 'scheduled' ? now : undefined;
    });
    return { detail: `starts at ${booked.startsAt}`, value: undefined };
  });

  await report.step('too early for the join link', async () => {
    const early = await visit(`${page}/join`);
    expectThat(early.status === 403, `expected 403, saw ${early.status}`);
    return { detail: '403 until the gate opens', value: undefined };
  });

  await report.step('rescheduled in time', async () => {
    const before = (await view()).startsAt;
    const asked = await submit('reschedule', page);
    expectThat(asked.status === 303, `the request was answered ${asked.status}`);
    const told = await visit(new URL(asked.location ?? '', page).href);
    const rescheduleUrl = firstUrl(told.html, new RegExp(`${stack.calendly.url}/reschedulings/[^"'<>\\s]+`));
    expectThat(rescheduleUrl !== undefined, 'the page does not lead to the provider');
    const target = new Date(Date.now() + pace.moveAheadMs);
    await vendors.reschedule(rescheduleUrl, target);
    const moved = await observe('the new time', PATIENCE, async () => {
      const now = await view();
      return now.startsAt !== null && now.startsAt !== before ? now : undefined;
    });
    expectThat(moved.lateChange === null, 'a move in time became a late change');
    return { detail: `starts at ${moved.startsAt}, cutoff ${moved.cutoffAt}`, value: undefined };
  });

  await report.step('cutoff passes', async () => {
    const locked = await observe('the phase after the cutoff', PATIENCE, async () => {
      const now = await view();
      return now.phase === 'locked' ? now : undefined;
    });
    return { detail: `locked since ${locked.cutoffAt}`, value: undefined };
  });

  await report.step('late reschedule refused', async () => {
    const late = await submit('reschedule', page);
    expectThat(late.status === 409, `expected 409, saw ${late.status}`);
    const recorded = (await view()).timeline.some(
      (entry) => entry.event === 'request.reschedule' && entry.reason === 'after-cutoff',
    );
    expectThat(recorded, 'the refusal is not in the timeline');
    return { detail: '409, reason after-cutoff', value: undefined };
  });

  await report.step('join link opens', async () => {
    const target = await observe('the open join link', PATIENCE, async () => {
      const joined = await visit(`${page}/join`);
      return joined.status === 302 ? joined.location : undefined;
    });
    expectThat(target === 'https://meet.example.com/demo', `sent to ${target}`);
    return { detail: `302 to ${target}`, value: undefined };
  });

  await report.step('session ends', async () => {
    await observe('the end of the run', PATIENCE, async () => {
      const { status } = await handle.describe();
      return status.name === 'COMPLETED' ? true : undefined;
    });
    const ended = await view();
    expectThat(ended.outcome === 'completed', `outcome ${ended.outcome}`);
    expectThat(
      ended.attention.length === 0,
      `attention: ${ended.attention.map((one) => one.code).join(', ')}`,
    );
    const gate = await observe('the gate', PATIENCE, () => ask<ReturnType<GateQuery>>(GATE_QUERY));
    expectThat(gate.state === 'over', `gate ${gate.state}`);
    return { detail: 'run completed, outcome completed', value: undefined };
  });

  await report.step('URL is gone', async () => {
    const gone = await visit(page);
    expectThat(gone.status === 410, `expected 410, saw ${gone.status}`);
    expectThat(!(await vendors.routeExists(sessionKey)), 'the route still exists');
    return { detail: '410, route deleted', value: undefined };
  });

  await report.step('ticket closed', async () => {
    const closed = await vendors.ticket(sessionKey);
    expectThat(closed?.state === 'closed', `ticket state ${closed?.state}`);
    return { detail: `ticket ${closed.number} closed`, value: undefined };
  });
}
