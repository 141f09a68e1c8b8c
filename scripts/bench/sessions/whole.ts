import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Database } from '../../../db/connect.ts';
import { sessionWorkflowId } from '../../../platform/session-ids.ts';
import type { SessionKey } from '../../../workflows/contract/values.ts';
import { observe } from '../../demo/observe.ts';
import { createVendors, demoPolicy, type Vendors } from '../../demo/vendors.ts';
import type { StackAddresses } from '../../stack/addresses.ts';
import { costOf, type HistoryCost } from '../history-cost.ts';
import { rounded } from '../statistics.ts';
import { atOnce } from './at-once.ts';

const AT_ONCE = 8;
const PATIENCE_MS = 120_000;
const SECOND = 1000;

/** A session in seconds: two reminders, the first at the cutoff. */
const LIFE_POLICY = {
  ...demoPolicy,
  'session.cutoff': 'PT6S',
  'session.reminders': 'PT6S,PT3S',
  'session.gate-closes': 'PT1S',
  'session.settle': 'PT2S',
} as const;

export interface WholeDeps {
  readonly stack: StackAddresses;
  readonly db: Database;
  readonly client: Client;
  readonly progress: (line: string) => void;
}

/** From the payment in the shop's twin to an open session, with every vendor's twin and PostgreSQL in earnest. */
export interface WithStores {
  readonly sessions: number;
  readonly perSecond: number;
}

async function paid({ db }: WholeDeps, vendors: Vendors): Promise<SessionKey> {
  const { orderId } = await vendors.pay();
  const row = await observe('the session of the order', PATIENCE_MS, () =>
    db.selectFrom('sessions').select('session_key').where('order_id', '=', orderId).executeTakeFirst(),
  );
  return row.session_key;
}

const rowOf = (db: Database, key: SessionKey) =>
  db
    .selectFrom('sessions')
    .select(['phase', 'booking_url', 'starts_at'])
    .where('session_key', '=', key)
    .executeTakeFirstOrThrow();

/** Opens paid sessions through the whole system. */
export async function measureWithStores(deps: WholeDeps, sessions: number): Promise<WithStores> {
  const vendors = createVendors(deps.stack, { ...LIFE_POLICY, 'session.booking-deadline': 'P30D' });
  const began = performance.now();
  await atOnce(Array.from({ length: sessions }), AT_ONCE, async () => {
    const key = await paid(deps, vendors);
    await observe('an open session', PATIENCE_MS, async () =>
      (await rowOf(deps.db, key)).phase === 'opening' ? undefined : true,
    );
  });
  return { sessions, perSecond: rounded((sessions / (performance.now() - began)) * 1000, 1) };
}

/**
 * What the history of a whole life costs: paid, booked, rescheduled once, reminded twice, taken place, closed. Its
 * payloads are encrypted.
 */
export async function measureHistory(deps: WholeDeps): Promise<HistoryCost> {
  const { db, client } = deps;
  const vendors = createVendors(deps.stack, LIFE_POLICY);
  const key = await paid(deps, vendors);
  const bookingUrl = await observe('the booking link', PATIENCE_MS, async () => {
    const { phase, booking_url } = await rowOf(db, key);
    return phase === 'awaiting-booking' ? (booking_url ?? undefined) : undefined;
  });
  const starting = (at: Date) => async () =>
    (await rowOf(db, key)).starts_at?.getTime() === at.getTime() || undefined;
  const inSeconds = (count: number) => new Date(Math.ceil(Date.now() / SECOND + count) * SECOND);

  // The mail with the link is written first.
  await sleep(SECOND);
  const first = inSeconds(40);
  await vendors.book(bookingUrl, first);
  await observe('the booking', PATIENCE_MS, starting(first));
  const appointment = await observe('the appointment', PATIENCE_MS, () =>
    db.selectFrom('appointments').select('reschedule_url').where('session_key', '=', key).executeTakeFirst(),
  );
  if (appointment.reschedule_url === null) throw new Error('the appointment cannot be moved');
  await sleep(SECOND);
  const second = inSeconds(15);
  await vendors.reschedule(appointment.reschedule_url, second);
  await observe('the move', PATIENCE_MS, starting(second));
  const handle = client.workflow.getHandle(sessionWorkflowId(key));
  await handle.result();
  return costOf(await handle.fetchHistory());
}
