import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { writeAudit } from '../db/queries/audit.ts';
import {
  disableEndpoint,
  failDelivery,
  findOutgoing,
  type Outgoing,
  writeAttempt,
} from '../db/queries/webhook-attempts.ts';
import type { WebhookAnswer } from '../integrations/receivers/sender.ts';
import { signedHeaders } from '../integrations/receivers/signature.ts';
import type { FailureCode } from '../platform/failures.ts';
import type { Millis } from '../workflows/contract/values.ts';
import {
  WEBHOOK_PATIENCE,
  type WebhookActivities,
  type WebhookInput,
  type WebhookOutcome,
} from '../workflows/contract/webhook.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { createSlots } from './webhook-slots.ts';

/** Slow receivers never take all of a worker's activities, nor one of them all of the webhooks'. */
const AT_ONCE = { each: 8, all: 40 } as const;
const BUSY_WAIT_MS = 2000;

/** What an answer means; null: the receiver has the message. */
export function codeOfAnswer(answer: WebhookAnswer): FailureCode | null {
  if (answer.kind === 'failed') return answer.code;
  const { status } = answer;
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return 'receiver-redirected';
  return status === 410 ? 'receiver-gone' : 'receiver-rejected';
}

/**
 * How long to wait for the next attempt, in milliseconds.
 *
 * @param attempts how many there were, from 1.
 * @param asked what the receiver asked for, or null: more than our own wait is kept to, up to the longest.
 */
export function waitAfter(attempts: number, asked: Millis | null): Millis {
  const { firstWaitMs, waitGrowth, longestWaitMs } = WEBHOOK_PATIENCE;
  const own = firstWaitMs * waitGrowth ** (attempts - 1);
  return Math.min(Math.max(own, asked ?? 0), longestWaitMs);
}

function later(code: FailureCode, waitMs: Millis): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message: code,
    nextRetryDelay: waitMs,
    // That a receiver is away is no failure of ours.
    category: ApplicationFailureCategory.BENIGN,
  });
}

interface Settled {
  readonly outcome: WebhookOutcome;
}

/** Sends what is owed to receivers, and writes down what came of it. */
export function webhookActivities({
  db,
  clock,
  linkKeys,
  sendWebhook,
  observer,
}: Pick<ActivityDependencies, 'db' | 'clock' | 'linkKeys' | 'sendWebhook' | 'observer'>) {
  const slots = createSlots(AT_ONCE);

  async function send({ url, endpointId, secretRound, messageId, message }: Outgoing, at: Date) {
    const { type, timestamp, data } = message;
    const body = JSON.stringify({ type, timestamp, data });
    const headers = signedHeaders(linkKeys, { endpointId, round: secretRound }, { id: messageId, at, body });
    const started = performance.now();
    const answer = await sendWebhook({ url, headers, body });
    return { answer, durationMs: Math.round(performance.now() - started) };
  }

  /** @returns the code of the failure, and how many attempts there were; null when it was received. */
  async function attempt(outgoing: Outgoing) {
    const at = new Date(clock());
    const { answer, durationMs } = await send(outgoing, at);
    const code = codeOfAnswer(answer);
    observer?.webhookSent(code);
    const status = answer.kind === 'answered' ? answer.status : null;
    const attempts = await db.transaction().execute(async (trx) => {
      const count = await writeAttempt(trx, outgoing.deliveryId, { at, status, code, durationMs });
      if (code !== 'receiver-gone') return count;
      await failDelivery(trx, outgoing.deliveryId, at, code);
      if (await disableEndpoint(trx, outgoing.endpointId, at))
        await writeAudit(trx, [
          {
            at,
            tenantId: outgoing.tenantId,
            actor: 'system',
            action: 'webhook.disabled',
            subject: `webhook:${outgoing.endpointId}`,
            reason: code,
          },
        ]);
      return count;
    });
    return { code, attempts, retryAfterMs: answer.kind === 'answered' ? answer.retryAfterMs : null };
  }

  async function deliverWebhook({ deliveryId }: WebhookInput): Promise<Settled> {
    const outgoing = await findOutgoing(db, deliveryId);
    if (outgoing === undefined) return { outcome: 'gone' };
    // The attempt before was written, and only its answer to Temporal was lost.
    if (outgoing.status !== 'pending') return { outcome: outgoing.status };
    if (!outgoing.enabled) {
      await failDelivery(db, deliveryId, new Date(clock()), 'endpoint-disabled');
      return { outcome: 'failed' };
    }
    const giveBack = slots.take(outgoing.endpointId);
    if (giveBack === null) throw later('receiver-busy', BUSY_WAIT_MS);
    try {
      const { code, attempts, retryAfterMs } = await attempt(outgoing);
      if (code === null) return { outcome: 'delivered' };
      if (code === 'receiver-gone') return { outcome: 'failed' };
      throw later(code, waitAfter(attempts, retryAfterMs));
    } finally {
      giveBack();
    }
  }

  async function giveUpWebhook({ deliveryId }: WebhookInput): Promise<Settled> {
    await failDelivery(db, deliveryId, new Date(clock()), null);
    const left = await findOutgoing(db, deliveryId);
    return { outcome: left === undefined ? 'gone' : left.status === 'delivered' ? 'delivered' : 'failed' };
  }

  return { deliverWebhook, giveUpWebhook } satisfies WebhookActivities;
}
