import { type Goal, goalLines, table } from '../goals.ts';
import type { HistoryCost } from '../history-cost.ts';
import type { HerdResult } from './herd.ts';
import type { IntakeResult } from './intake.ts';
import type { OpenResult } from './open.ts';
import type { SleepingResult } from './sleeping.ts';
import type { WithStores } from './whole.ts';

export interface SessionsResult {
  readonly open: OpenResult & { readonly withStores: WithStores };
  readonly history: HistoryCost;
  readonly sleeping: SleepingResult;
  readonly herd: HerdResult;
  readonly intake: IntakeResult;
}

const atLeast = (what: string, seen: number, wanted: number): Goal => ({
  what,
  wanted: `≥ ${wanted}`,
  seen: String(seen),
  met: seen >= wanted,
  must: false,
});

const atMost = (what: string, seen: number, wanted: number, unit = ''): Goal => ({
  what,
  wanted: `≤ ${wanted}${unit}`,
  seen: `${seen}${unit}`,
  met: seen <= wanted,
  must: false,
});

/** What sessions are to cost at most, and whether they did. */
export function sessionsGoals({ open, history, sleeping, herd, intake }: SessionsResult): readonly Goal[] {
  return [
    atLeast('opened, to the same shape', open.ratioToShape, 0.9),
    atLeast('opened, to a workflow that does nothing', open.ratioToNoop, 0.45),
    atMost('events of a whole life', history.events, 100),
    atMost('billable actions of a whole life', history.actions, 30),
    atMost('history of a whole life', history.bytes, 30_720, ' bytes'),
    atMost(`memory of ${sleeping.many} sleeping sessions to ${sleeping.few}`, sleeping.memoryRatio, 1.1),
    atMost('processor time of an idle worker', sleeping.idleCpuPercent, 2, ' %'),
    atLeast('herd at one cutoff, to workflows that do nothing', herd.ratioToNoop, 0.5),
    atMost('forward-auth beside the herd, p99 to its quiet one', herd.forwardAuth.p99Ratio, 5),
    atLeast('webhooks taken in, to bare', intake.ratioToBare, 0.6),
  ];
}

/** The results for a person, each with what limits it. */
export function sessionsLines(result: SessionsResult): readonly string[] {
  const { open, history, sleeping, herd, intake } = result;
  return [
    'opened, round by round:',
    ...table([
      ['', 'per second', 'p50 ms', 'p99 ms', 'worker CPU ms'],
      ...open.rounds.flatMap(({ noop, shape, session }, round) =>
        Object.entries({ noop, shape, session }).map(([name, { perSecond, p50, p99, workerCpu }]) => [
          `${round + 1} ${name}`,
          String(perSecond),
          String(p50),
          String(p99),
          String(workerCpu),
        ]),
      ),
    ]),
    `  limited by its five calls: without any rules they reach ${open.shapeToNoop} of the workflow that does nothing`,
    `  and by the worker: ${open.workerCpu} ms of processor time for a session, ${open.workerCpuOfShape} ms for the shape`,
    `  through shop, ticket, gateway and calendar in earnest: ${open.withStores.perSecond}/s, all on this machine`,
    '',
    `whole life: ${history.events} events, ${history.actions} actions, ${history.bytes} bytes, payloads encrypted`,
    '  limited by the outcomes: each activity costs three events, and a workflow task of three more to hear of it',
    '',
    `asleep: ${sleeping.few} take ${sleeping.fewMegabytes} MB, ${sleeping.many} take ${sleeping.manyMegabytes} MB`,
    '  limited by the cache setting: what is not in the cache is replayed when it wakes',
    '',
    `herd: ${herd.sessions} cutoffs in ${herd.seconds} s, ${herd.perSecond}/s; forward-auth p99 ` +
      `${herd.forwardAuth.quietP99} ms quiet, ${herd.forwardAuth.herdP99} ms beside it`,
    '  limited by processor time, which server, worker, PostgreSQL and gate share here',
    '',
    `intake: ${intake.perSecond}/s, bare ${intake.barePerSecond}/s`,
    '  limited by what it does on top: signature, schema, request log, security headers, a unique index',
    '',
    ...goalLines(sessionsGoals(result)),
  ];
}
