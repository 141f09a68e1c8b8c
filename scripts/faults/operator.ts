import { randomUUID } from 'node:crypto';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { DEVELOPMENT_TENANT_ID } from '../../db/seed.ts';
import { createLatchkeyClient } from '../../integrations/latchkey/client.ts';
import type { Config } from '../../platform/config.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { observe } from '../demo/observe.ts';
import { PATIENCE_MS } from './client.ts';

export interface LiveSession {
  readonly lateChange: boolean;
  readonly attention: readonly { readonly step: string | null; readonly code: string }[];
}

/** Somebody at the admin API. Each request is repeated, with the same key, until there is an answer. */
export interface Operator {
  /** Null when nobody can be asked just now. */
  live(sessionKey: string): Promise<LiveSession | null>;
  approve(sessionKey: string): Promise<'approved' | 'refused'>;
  /** Resolves when every replica has confirmed it; false when the session was over before. */
  revokeAccess(sessionKey: string): Promise<boolean>;
  /** Sends a failed step on its way again. False when that was refused, or nobody could be asked. */
  retry(sessionKey: string, step: string): Promise<boolean>;
}

const HOUR_MS = 3_600_000;

function ringOf({ auth }: Config): KeyRing {
  if (auth.localKeys === null) throw new Error('a system of its own signs its callers’ tokens itself');
  return auth.localKeys;
}

export async function createOperator(config: Config, publicUrl: string, now: number): Promise<Operator> {
  const token = await mintCallerToken(
    ringOf(config),
    { role: 'admin', tenantId: DEVELOPMENT_TENANT_ID, userId: null, subject: 'faults' },
    now as Instant,
    (now + 24 * HOUR_MS) as Instant,
  );
  const api = createLatchkeyClient({ baseUrl: publicUrl, token, timeoutMs: 10_000 });

  return {
    async live(id) {
      const answer = await api.getSession({ path: { id } }).catch(() => undefined);
      if (answer?.status !== 200 || answer.body.live === null) return null;
      const { late_change, attention } = answer.body.live;
      return { lateChange: late_change !== null, attention };
    },
    approve(id) {
      const headers = { 'Idempotency-Key': randomUUID() };
      return observe('an answer to the approval', PATIENCE_MS, async () => {
        const answer = await api
          .decideLateChange({ path: { id }, headers, body: { approve: true } })
          .catch(() => undefined);
        if (answer?.status === 200) return 'approved';
        return answer?.status === 409 || answer?.status === 410 ? 'refused' : undefined;
      });
    },
    revokeAccess(id) {
      const headers = { 'Idempotency-Key': randomUUID() };
      return observe('a confirmed revocation', PATIENCE_MS, async () => {
        const answer = await api.revokeSessionAccess({ path: { id }, headers }).catch(() => undefined);
        if (answer?.status === 410) return false;
        return answer?.status === 200 && answer.body.state === 'confirmed' ? true : undefined;
      });
    },
    async retry(id, step) {
      const answer = await api
        .retrySessionStep({ path: { id }, headers: { 'Idempotency-Key': randomUUID() }, body: { step } })
        .catch(() => undefined);
      return answer?.status === 200;
    },
  };
}
