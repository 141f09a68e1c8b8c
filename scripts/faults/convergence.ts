import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Database } from '../../db/connect.ts';
import { SESSION_WORKFLOW } from '../../workflows/contract/messages.ts';
import type { Deeds } from './deeds.ts';
import type { Operator } from './operator.ts';

const EVERY_MS = 1000;
/** A person does not press the same button every second. */
const AGAIN_AFTER_MS = 10_000;

/** An operator who sends every failed step on its way again, as soon as it is seen. */
export interface Attendance {
  stop(): Promise<void>;
}

export function attend(db: Database, operator: Operator, deeds: readonly Deeds[]): Attendance {
  let stopped = false;
  const triedAt = new Map<string, number>();

  async function retryStep(sessionKey: string, step: string): Promise<void> {
    const name = `${sessionKey} ${step}`;
    if (Date.now() - (triedAt.get(name) ?? 0) < AGAIN_AFTER_MS) return;
    triedAt.set(name, Date.now());
    if (await operator.retry(sessionKey, step))
      deeds.find(({ key }) => key === sessionKey)?.retried.push(step);
  }

  async function retryFailed(): Promise<void> {
    const rows = await db
      .selectFrom('sessions')
      .select('session_key')
      .where('needs_attention', '=', true)
      .where('start_state', '!=', 'ended')
      .execute();
    for (const { session_key } of rows) {
      const live = await operator.live(session_key);
      for (const { step } of live?.attention ?? []) if (step !== null) await retryStep(session_key, step);
    }
  }

  const loop = (async () => {
    while (!stopped) {
      await retryFailed().catch(() => undefined);
      await sleep(EVERY_MS);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await loop;
    },
  };
}

async function openRuns(client: Client): Promise<number> {
  const query = `WorkflowType = '${SESSION_WORKFLOW}' AND ExecutionStatus = 'Running'`;
  return (await client.workflow.count(query)).count;
}

/**
 * Waits until every paid unit's session has ended, its run too, and every webhook is settled.
 *
 * @returns false when that took too long.
 */
export async function becameQuiet(
  { db, client }: { readonly db: Database; readonly client: Client },
  units: number,
  withinMs: number,
): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const quiet = await Promise.all([
      db
        .selectFrom('sessions')
        .select((select) => select.fn.countAll<string>().as('n'))
        .where('start_state', '=', 'ended')
        .executeTakeFirst(),
      db
        .selectFrom('inbox')
        .select((select) => select.fn.countAll<string>().as('n'))
        .where('status', '=', 'stored')
        .executeTakeFirst(),
      openRuns(client),
    ]).catch(() => undefined);
    if (quiet && Number(quiet[0]?.n) >= units && Number(quiet[1]?.n) === 0 && quiet[2] === 0) return true;
    await sleep(500);
  }
  return false;
}
