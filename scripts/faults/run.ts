import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDatabase } from '../../db/connect.ts';
import type { Environment } from '../../platform/environment.ts';
import { createDataConverter } from '../../platform/payload-codec/data-converter.ts';
import { connectClient } from '../../platform/temporal.ts';
import { findBundle } from '../../worker/compose.ts';
import { seededRandom } from '../random.ts';
import { apartFromOthers } from '../stack/apart.ts';
import { observe } from '../demo/observe.ts';
import { startCensus } from './census.ts';
import { violationsOf } from './checks/all.ts';
import { collect } from './collect.ts';
import { attend, becameQuiet } from './convergence.ts';
import type { Deeds } from './deeds.ts';
import type { Evidence, Violation } from './evidence.ts';
import { runLoad } from './load.ts';
import { createOperator } from './operator.ts';
import { planLoad } from './plan.ts';
import { planStorm } from './schedule.ts';
import { rage, type Tally } from './storm.ts';
import { startSystem, type System } from './system.ts';
import { startWatch } from './watch.ts';

export interface RunOptions {
  readonly seed: number;
  readonly sessions: number;
  /** How long the storm lasts, in milliseconds. */
  readonly stormMs: number;
  readonly env: Environment;
  /** One line per phase and per fault. */
  readonly say: (line: string) => void;
}

export interface RunResult {
  readonly seed: number;
  readonly ok: boolean;
  readonly seconds: number;
  readonly sessions: number;
  readonly happened: Tally;
  readonly polls: number;
  readonly webhooks: number;
  /** Failed steps that the operator sent on their way again. */
  readonly retried: number;
  readonly violations: readonly Violation[];
  /** Where a failed run left its processes' logs and data. */
  readonly folder: string | null;
}

/** No kill before the first payments, and none in the quiet tail in which everything comes to rest. */
const KILL_EVERY_MS = 4500;
const FAULT_EVERY_MS = 700;
/** The longest a session lives from its payment, with what a storm can cost it. */
const LIFE_MS = 50_000;
/** A system that does not answer by then will not, on whatever machine. */
const WORKS_WITHIN_MS = 90_000;
const QUIET_WITHIN_MS = 240_000;
/** Nothing of what is over may change any more: late answers, late webhooks. */
const LINGER_MS = 1500;

function webhookSettled({ sandboxes }: System): Promise<unknown> {
  const { saleor, calendly, zammad } = sandboxes;
  const idle = Promise.all([saleor.webhooksIdle(), calendly.webhooksIdle(), zammad.webhooksIdle()]);
  return Promise.race([idle, sleep(QUIET_WITHIN_MS, undefined, { ref: false })]);
}

async function live(system: System, options: RunOptions): Promise<{ evidence: Evidence; happened: Tally }> {
  const { sessions, stormMs, say } = options;
  // One stream of numbers for each, so that the load stays what it is when the schedule changes.
  const plan = planLoad(
    { units: sessions, payWithinMs: Math.max(6000, stormMs - LIFE_MS) },
    seededRandom(options.seed),
  );
  const events = planStorm(
    { stormMs, killEveryMs: KILL_EVERY_MS, faultEveryMs: FAULT_EVERY_MS },
    seededRandom(options.seed ^ 0x5eed),
  );
  const { sandboxes, config } = system;
  const database = connectDatabase(config.database.url, { max: 4, onIdleError: () => undefined });
  const { db } = database;
  const temporal = connectClient(system.engine, config.keys.payload);
  const watch = startWatch(db, sandboxes);
  const operator = await createOperator(config, system.publicUrl, Date.now());
  const deeds: Deeds[] = [];
  const census = startCensus(db, say);
  const attendance = attend(db, operator, deeds);
  try {
    say(`${sessions} sessions in ${plan.length} orders`);
    const load = runLoad(
      {
        sandboxes,
        operator,
        onPaid: (one) => deeds.push(one),
        onClient: ({ key }, client) => watch.follow(key, client),
      },
      plan,
    );
    const works = async (): Promise<void> => {
      const asked = deeds.at(-1);
      if (!asked) return;
      await observe('an answer of a session', WORKS_WITHIN_MS, async () =>
        (await operator.live(asked.key)) === null ? undefined : true,
      );
    };
    const happened = await rage({ system, events, works, say });
    say('the storm is over');
    await load;
    say('every story is told');
    await becameQuiet({ db, client: temporal.client }, sessions, QUIET_WITHIN_MS);
    await webhookSettled(system);
    await sleep(LINGER_MS);
    census.stop();
    say('all is quiet');
    await Promise.all([watch.stop(), attendance.stop()]);
    const runs = {
      client: temporal.client,
      bundle: await findBundle(config.env),
      dataConverter: createDataConverter(config.keys.payload),
    };
    return { evidence: await collect({ deeds, db, sandboxes, watch, runs }), happened };
  } finally {
    census.stop();
    await Promise.all([watch.stop(), attendance.stop()]);
    await temporal.close();
    await database.close();
  }
}

/** Lives through one storm, from the first payment to the last check. Its folder stays when a promise was not kept. */
export async function runFaults(options: RunOptions): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-faults-'));
  const began = performance.now();
  let ok = false;
  try {
    const system = await startSystem({
      env: { LOG_LEVEL: 'warn', ...apartFromOthers(options.env, folder) },
      progress: options.say,
    });
    try {
      const { evidence, happened } = await live(system, options);
      const violations = violationsOf(evidence);
      ok = violations.length === 0;
      return {
        seed: options.seed,
        ok,
        seconds: Math.round((performance.now() - began) / 1000),
        sessions: options.sessions,
        happened,
        polls: evidence.polls.length,
        webhooks: evidence.webhooks.length,
        retried: evidence.deeds.reduce((sum, { retried }) => sum + retried.length, 0),
        violations,
        folder: ok ? null : folder,
      };
    } finally {
      await system.close();
    }
  } finally {
    if (ok) rmSync(folder, { recursive: true, force: true });
  }
}
