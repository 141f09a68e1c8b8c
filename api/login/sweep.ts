import type { Database } from '../../db/connect.ts';
import {
  aloneAtLoginSweep,
  type DueArticle,
  dueArticles,
  forgetArticle,
  markArticleGone,
  pruneLoginCodes,
} from '../../db/queries/login.ts';
import type { ZammadArticles } from '../../integrations/zammad/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import { reasonOf } from '../intake/deliver.ts';
import { retryDelay, type RetryRules } from '../intake/outcome.ts';
import { createPasses } from '../passes.ts';
import type { LoginLog } from './log.ts';

export interface LoginSweepDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: LoginLog;
  readonly zammad: Pick<ZammadArticles, 'deleteArticle'>;
  /**
   * Between two passes, in milliseconds; 0 leaves it to `kick` and `runOnce`.
   * @default 15 000
   */
  readonly intervalMs?: number;
  /** After a failure; the longest stays well below the ten minutes in which Zammad lets an article go. */
  readonly retry?: Pick<RetryRules, 'firstMs' | 'longestMs'>;
  /** From 0 (inclusive) to 1 (exclusive). @default Math.random */
  readonly random?: () => number;
}

export interface LoginSweep {
  /** Looks for work soon, off the caller's path. Never throws. */
  kick(): void;
  /** One pass. Resolves with the number of articles that were deleted. Never throws. */
  runOnce(): Promise<number>;
  /** No new work; resolves when what is under way is done. */
  stop(): Promise<void>;
}

/**
 * Zammad tries to send a mail 150 s long (25 + 50 + 75) and reads the article each time, so it stays for longer; a
 * code that was used has arrived, and its article goes at once.
 */
const DELETE_AFTER_MS = 180_000;
const KEEP_CODES_MS = 24 * 3600_000;
const PRUNE_EVERY_MS = 3600_000;
const BATCH = 20;

/**
 * Deletes the articles that carried codes from their tickets, and old codes from the database. On any number of
 * replicas: one at a time is at it, and a repeat finds the article gone, which is success.
 */
export function createLoginSweep(deps: LoginSweepDependencies): LoginSweep {
  const rules = { maxAttempts: Infinity, ...(deps.retry ?? { firstMs: 2000, longestMs: 60_000 }) };
  const random = deps.random ?? Math.random;

  let failures = 0;
  let notBefore = 0;
  let pruneNext = 0;

  function backOff(): void {
    failures += 1;
    notBefore = deps.clock() + retryDelay(rules, failures, random());
  }

  /** `later`: Zammad answers nobody now. `stuck`: it refuses this one. */
  async function deleteOne(due: DueArticle): Promise<'gone' | 'later' | 'stuck'> {
    try {
      await deps.zammad.deleteArticle(due.articleId);
    } catch (error) {
      const reason = reasonOf(error);
      const expired = due.expiresAt.getTime() <= deps.clock();
      deps.log.warn({ articleId: due.articleId, reason }, 'the article with a login code is still there');
      // Too old for Zammad's policy; what it holds is good for nothing.
      if (reason === 'vendor-forbidden' && expired) await forgetArticle(deps.db, due.challenge);
      return reason === 'vendor-forbidden' || reason === 'vendor-rejected' ? 'stuck' : 'later';
    }
    await markArticleGone(deps.db, due.challenge, new Date(deps.clock()));
    return 'gone';
  }

  async function deleteDue(): Promise<number> {
    const stuck: string[] = [];
    let gone = 0;
    while (!passes.isStopped()) {
      const batch = await dueArticles(deps.db, {
        sentBefore: new Date(deps.clock() - DELETE_AFTER_MS),
        limit: BATCH,
        without: stuck,
      });
      if (batch.length === 0) break;
      for (const due of batch) {
        const outcome = await deleteOne(due);
        if (outcome === 'later') {
          // The others would fail the same way.
          backOff();
          return gone;
        }
        if (outcome === 'gone') gone += 1;
        else stuck.push(due.challenge);
      }
    }
    if (stuck.length > 0) backOff();
    else failures = 0;
    return gone;
  }

  async function pass(): Promise<number> {
    const now = deps.clock();
    if (passes.isStopped() || now < notBefore) return 0;
    try {
      return (
        (await aloneAtLoginSweep(deps.db, async () => {
          if (now >= pruneNext) {
            await pruneLoginCodes(deps.db, new Date(now - KEEP_CODES_MS));
            pruneNext = now + PRUNE_EVERY_MS;
          }
          return deleteDue();
        })) ?? 0
      );
    } catch (error) {
      backOff();
      deps.log.warn({ reason: reasonOf(error) }, 'login codes could not be swept');
      return 0;
    }
  }

  const passes = createPasses(deps.intervalMs ?? 15_000, pass);
  return passes;
}
