import { randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { searchAttributesOf } from '../../../api/sessions/start.ts';
import { sessionWorkflowId } from '../../../platform/session-ids.ts';
import { SESSION_WORKFLOW } from '../../../workflows/contract/messages.ts';
import type { Policy, SessionInput } from '../../../workflows/contract/session.ts';
import type { Instant, SessionKey } from '../../../workflows/contract/values.ts';
import type { BenchInput, NOOP_WORKFLOW, SHAPE_WORKFLOW } from '../workflows/names.ts';

/** The task queue of the bench's own worker. */
export const BENCH_QUEUE = 'bench';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const POLICY: Policy = {
  cutoffMs: DAY,
  bookingDeadlineMs: 30 * DAY,
  gateOpensMs: 15 * MINUTE,
  gateClosesMs: 30 * MINUTE,
  remindersMs: [DAY, DAY / 24],
  refund: 'full',
  onCancel: 'rebook',
  lateDeadlineMs: DAY / 2,
  lateDefault: 'decline',
  lateGrace: 'none',
  settleMs: DAY,
  refundSettleMs: 5 * MINUTE,
  halfRescheduleMs: 10 * MINUTE,
};

export const newSessionKey = (): SessionKey =>
  randomBytes(32).toString('base64url').slice(0, 22) as SessionKey;

/** Starts a session that nobody bought, as intake starts those that were. */
export async function startBenchSession(
  client: Client,
  sessionKey: SessionKey,
  change: { readonly startsAt?: Instant; readonly policy?: Partial<Policy> } = {},
): Promise<void> {
  const input: SessionInput = {
    rulesVersion: 1,
    sessionKey,
    tenantId: 1,
    paidAt: Date.now() as Instant,
    provider: 'calendly',
    durationMs: DAY / 24,
    startsAt: change.startsAt ?? null,
    problems: [],
    policy: { ...POLICY, ...change.policy },
  };
  await client.workflow.start(SESSION_WORKFLOW, {
    workflowId: sessionWorkflowId(sessionKey),
    taskQueue: BENCH_QUEUE,
    args: [input],
    typedSearchAttributes: searchAttributesOf(input),
  });
}

/** Starts one of the workflows that a session is measured beside. */
export async function startBeside(
  client: Client,
  type: typeof NOOP_WORKFLOW | typeof SHAPE_WORKFLOW,
  sessionKey: SessionKey,
): Promise<void> {
  const input: BenchInput = { sessionKey };
  await client.workflow.start(type, {
    workflowId: `${type}-${sessionKey}`,
    taskQueue: BENCH_QUEUE,
    args: [input],
  });
}
