import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { sessionKeyOf, sessionWorkflowId } from '../../platform/session-ids.ts';
import { SESSION_QUERY, type SessionQuery } from '../../workflows/contract/messages.ts';
import type { SessionView } from '../../workflows/contract/session.ts';
import type { StackAddresses } from '../stack/addresses.ts';
import { DEMO_CALCOM_EVENT_TYPE } from '../stack/demo-event-type.ts';
import { expectThat, observe } from './observe.ts';
import type { DemoReport } from './report.ts';
import { firstUrl, uuidOf } from './story.ts';
import { createVendors } from './vendors.ts';
import { createVisitor } from './visitor.ts';

/** A session of some seconds that is booked with Cal.com. */
const policy = {
  'session.provider': 'calcom',
  'session.event-type': String(DEMO_CALCOM_EVENT_TYPE),
  'session.cutoff': 'PT3S',
  'session.booking-deadline': 'PT10M',
  'session.gate-opens': 'PT1S',
  'session.gate-closes': 'PT1S',
  'session.reminders': 'PT3S',
  'session.settle': 'PT2S',
} as const;

const SECOND = 1000;
const PATIENCE = 60 * SECOND;
const QUERY_DEADLINE = 3 * SECOND;
const BOOK_AHEAD_MS = 60 * SECOND;
const MOVE_AHEAD_MS = 8 * SECOND;

/** The same job with the other provider, whose API moves the appointment itself; and shorter. */
export async function tellCalcomStory(deps: {
  readonly stack: StackAddresses;
  readonly client: Client;
  readonly report: DemoReport;
}): Promise<void> {
  const { stack, client, report } = deps;
  const vendors = createVendors(stack, policy);
  const visitor = createVisitor();

  const { handle, page } = await report.step('a session sold with Cal.com', async () => {
    const order = await vendors.pay();
    const sessionKey = sessionKeyOf({
      saleorDomain: new URL(stack.saleor.apiUrl).host,
      orderUuid: uuidOf(order.orderId),
      lineUuid: uuidOf(await vendors.lineOf(order.orderId)),
      unit: 0,
    });
    const link = await observe('the mail with the link', PATIENCE, async () => {
      const ticket = await vendors.ticket(sessionKey);
      const mails = ticket ? await vendors.articles(ticket.id) : [];
      const body = mails.map((mail) => mail.body).join('\n');
      return firstUrl(body, /https?:\/\/[^"'<>\s]+\/customer\/s\/[^"'<>\s]+\?token=[^"'<>\s]+/);
    });
    await observe('the exchange of the token', PATIENCE, async () =>
      (await visitor.get(link)).status === 303 ? true : undefined,
    );
    return {
      detail: `order ${order.number}`,
      value: {
        handle: client.workflow.getHandle(sessionWorkflowId(sessionKey)),
        page: link.split('?')[0] ?? link,
      },
    };
  });
  const view = (): Promise<SessionView | undefined> =>
    client
      .withDeadline(Date.now() + QUERY_DEADLINE, () => handle.query<ReturnType<SessionQuery>>(SESSION_QUERY))
      .catch(() => undefined);

  await report.step('booked in Cal.com', async () => {
    const bookingUrl = await observe('the booking link on the page', PATIENCE, async () =>
      firstUrl((await visitor.get(page)).html, new RegExp(`${stack.calcom.url}/d/[^"'<>\\s]+`)),
    );
    await vendors.book(bookingUrl, new Date(Date.now() + BOOK_AHEAD_MS));
    const booked = await observe('the booked appointment', PATIENCE, async () => {
      const now = await view();
      return now?.phase === 'scheduled' ? now : undefined;
    });
    expectThat(booked.appointment?.startsWith('calcom:bookings/') ?? false, `booked ${booked.appointment}`);
    return { detail: `starts at ${booked.startsAt}`, value: undefined };
  });

  await report.step('moved by its API', async () => {
    const before = (await view())?.startsAt;
    const startsAt = new Date(Date.now() + MOVE_AHEAD_MS).toISOString();
    const key = randomUUID();
    const asked = await observe('an answer to reschedule', PATIENCE, async () => {
      const answer = await visitor.post(`${page}/reschedule`, page, key, { startsAt });
      return answer.status === 202 || answer.status >= 500 ? undefined : answer;
    });
    expectThat(asked.status === 303, `the request was answered ${asked.status}`);
    const moved = await observe('the new time', PATIENCE, async () => {
      const now = await view();
      return now && now.startsAt !== null && now.startsAt !== before ? now : undefined;
    });
    expectThat(moved.startsAt === startsAt, `moved to ${moved.startsAt}`);
    expectThat(moved.lateChange === null, 'a move in time became a late change');
    return { detail: `starts at ${moved.startsAt}, nobody went to Cal.com’s page`, value: undefined };
  });

  await report.step('it ends as the other did', async () => {
    await observe('the end of the run', PATIENCE, async () =>
      (await handle.describe()).status.name === 'COMPLETED' ? true : undefined,
    );
    const ended = await observe('an answer of the workflow', PATIENCE, view);
    const codes = ended.attention.map((one) => one.code).join(', ');
    expectThat(ended.outcome === 'completed' && codes === '', `outcome ${ended.outcome}, attention ${codes}`);
    return { detail: 'run completed, outcome completed', value: undefined };
  });
}
