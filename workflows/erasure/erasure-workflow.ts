import {
  CancellationScope,
  getExternalWorkflowHandle,
  log,
  proxyActivities,
  setCurrentDetails,
  sleep,
} from '@temporalio/workflow';
import type {
  DonePart,
  ErasureActivities,
  ErasureInput,
  ErasurePart,
  ErasureResult,
  UndonePart,
} from '../contract/erasure.ts';
import type { Instant, Millis } from '../contract/values.ts';
import { FINAL_CODES } from '../session/activities.ts';
import { failureOf, isEffectFailure } from '../session/failure.ts';

const SECOND: Millis = 1000;
const LONGEST_WAIT: Millis = 3_600_000;

/** Our own rows: repeated for as long as it takes. */
const store = proxyActivities<Pick<ErasureActivities, 'findRunsOfPerson' | 'blankPerson' | 'certify'>>({
  startToCloseTimeout: '5 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/** What a vendor does not do within a day is said on the certificate. */
const vendors = proxyActivities<Pick<ErasureActivities, 'blankTicket' | 'requestProviderDeletion'>>({
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '1 day',
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '10 minutes',
    nonRetryableErrorTypes: FINAL_CODES,
  },
});

/** Collects what the certificate will say. */
class Account {
  readonly #done = new Map<ErasurePart, number>();
  readonly #undone = new Map<string, UndonePart>();

  did(what: ErasurePart, count: number): void {
    if (count > 0) this.#done.set(what, (this.#done.get(what) ?? 0) + count);
  }

  didNot(what: ErasurePart, count: number, reason: string): void {
    const key = `${what} ${reason}`;
    const known = this.#undone.get(key)?.count ?? 0;
    if (count > 0) this.#undone.set(key, { what, count: known + count, reason });
  }

  result(): ErasureResult {
    const done: DonePart[] = [...this.#done].map(([what, count]) => ({ what, count }));
    return { done, notDone: [...this.#undone.values()] };
  }
}

/**
 * An operator's cancellation, as "Cancel" in Temporal UI is one.
 *
 * @returns false when there is no such run: it is over meanwhile, or is yet to be started.
 */
async function endRun(workflowId: string): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(workflowId).cancel();
    return true;
  } catch {
    log.info('there was no run to end', { workflowId });
    return false;
  }
}

/** Ends what runs and waits for it. @returns the tickets that were left behind. */
async function endRuns(input: ErasureInput, asked: Set<string>): Promise<readonly number[]> {
  for (let wait = SECOND; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    const { workflowIds, ticketIds } = await store.findRunsOfPerson(input);
    if (workflowIds.length === 0) return ticketIds;
    for (const workflowId of workflowIds) {
      if (!asked.has(workflowId) && (await endRun(workflowId))) asked.add(workflowId);
    }
    setCurrentDetails(`waits for the end of:\n${workflowIds.map((id) => `- \`${id}\``).join('\n')}`);
    await sleep(wait, { summary: 'until the runs have ended' });
  }
}

async function blankTickets(
  { erasureId }: ErasureInput,
  ticketIds: readonly number[],
  account: Account,
): Promise<void> {
  for (const ticketId of ticketIds) {
    try {
      const { deleted, kept } = await vendors.blankTicket({ erasureId, ticketId });
      account.did('ticket-fields', 1);
      account.did('ticket-articles', deleted);
      // Zammad lets nobody but its own data privacy task delete a mail that was sent.
      account.didNot('ticket-articles', kept, 'zammad-data-privacy-task-needed');
    } catch (error) {
      if (!isEffectFailure(error)) throw error;
      account.didNot('ticket-fields', 1, failureOf(error).code);
    }
  }
}

async function askProvider(input: ErasureInput, account: Account): Promise<void> {
  try {
    const { asked } = await vendors.requestProviderDeletion(input);
    if (asked) account.did('calendly-invitees', 1);
  } catch (error) {
    if (!isEffectFailure(error)) throw error;
    account.didNot('calendly-invitees', 1, failureOf(error).code);
  }
}

async function erase(input: ErasureInput): Promise<ErasureResult> {
  const asked = new Set<string>();
  const blanked = new Set<number>();
  const account = new Account();
  let providerAsked = false;
  for (;;) {
    const ticketIds = await endRuns(input, asked);
    const left = ticketIds.filter((id) => !blanked.has(id));
    await blankTickets(input, left, account);
    for (const id of left) blanked.add(id);
    if (!providerAsked) await askProvider(input, account);
    providerAsked = true;
    const person = await store.blankPerson(input);
    if (person.kind === 'running') continue;
    account.did('rows', person.rows);
    account.did('stored-webhooks', person.webhooks);
    account.didNot('stored-webhooks-undelivered', person.undelivered, 'not-delivered-yet');
    account.didNot('calcom-bookings', person.calcomBookings ?? 0, 'calcom-has-no-deletion');
    account.didNot('shop-orders', person.shopOrders, 'belongs-to-the-shop');
    account.didNot('zammad-customer', person.zammadCustomer ? 1 : 0, 'zammad-data-privacy-task-needed');
    const result = account.result();
    await store.certify({ erasureId: input.erasureId, at: Date.now() as Instant, result });
    return result;
  }
}

/**
 * Erases a person: ends what runs, then blanks tickets, asks the provider, blanks rows, and certifies what was done and
 * what could not be. Input and history hold ids, counts and codes only. It is not called off once it has begun: half an
 * erasure is none.
 *
 * @returns what the certificate says.
 */
export function erasureWorkflow(input: ErasureInput): Promise<ErasureResult> {
  return CancellationScope.nonCancellable(() => erase(input));
}
