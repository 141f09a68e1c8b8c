import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import {
  claimMails,
  dropOwedMails,
  markMailed,
  type OwedMail,
  putOffMails,
} from '../../db/queries/attention-mails.ts';
import { announceFound } from '../../db/queries/webhook-outbox.ts';
import type { MailSender } from '../../integrations/mail/sender.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SessionPlaces } from '../../platform/session-places.ts';
import { reasonOf } from '../intake/deliver.ts';
import { createPasses, type Passes } from '../passes.ts';
import { DIGEST_WINDOW_MS, planMails, waitAfter } from './plan.ts';
import { attentionMail, mailIdOf } from './words.ts';

export interface AttentionSweepDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Null: nobody is mailed. */
  readonly sender: Pick<MailSender, 'send'> | null;
  readonly places: SessionPlaces;
  /** Whose webhooks are told of what the system found. */
  readonly tenantId: number;
  /** Webhooks are owed. */
  readonly onOwed: () => void;
  /**
   * Between two passes, in milliseconds; 0 leaves it to `runOnce`.
   * @default 5000
   */
  readonly intervalMs?: number;
}

/** Longer than one mail may take, and a batch that takes longer gives the rest back. */
const LEASE_MS = 120_000;
const BATCH = 100;

/**
 * Brings what needs attention to people: mails, and webhooks of what no session can tell. Several replicas may sweep. A
 * mail is sent at least once: who dies between sending and saying so sends it again, under the same Message-ID.
 */
export function createAttentionSweep(deps: AttentionSweepDeps): Passes {
  const { db, clock, log, sender, places, tenantId, onOwed } = deps;

  async function mail(rows: readonly OwedMail[], by: Pick<MailSender, 'send'>): Promise<void> {
    try {
      await by.send(attentionMail(rows, places));
    } catch (error) {
      const attempts = Math.max(...rows.map((row) => row.mail_attempts)) + 1;
      await putOffMails(db, rows, new Date(clock() + waitAfter(attempts)));
      // The words of a mail server may repeat an address.
      log.warn({ count: rows.length, attempts, reason: reasonOf(error) }, 'attention could not be mailed');
      return;
    }
    await markMailed(db, rows);
    log.info({ count: rows.length, mailId: mailIdOf(rows) }, 'attention was mailed');
  }

  async function mailOwed(by: Pick<MailSender, 'send'>): Promise<number> {
    const now = clock();
    const mails = await claimMails(db, {
      now: new Date(now),
      leaseUntil: new Date(now + LEASE_MS),
      recentSince: new Date(now - DIGEST_WINDOW_MS),
      plan: planMails,
      idOf: mailIdOf,
    });
    for (const rows of mails) {
      if (passes.isStopped()) break;
      await mail(rows, by);
    }
    return mails.length;
  }

  const passes = createPasses(deps.intervalMs ?? 5000, async () => {
    if (passes.isStopped()) return 0;
    try {
      const found = await announceFound(db, { tenantId, at: new Date(clock()), limit: BATCH });
      if (found > 0) onOwed();
      if (sender !== null) return found + (await mailOwed(sender));
      await dropOwedMails(db);
      return found;
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'attention could not be swept');
      return 0;
    }
  });
  return passes;
}
