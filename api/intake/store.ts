import { createHash } from 'node:crypto';
import { type Delivery, storeDelivery } from '../../db/queries/inbox.ts';
import type { Database } from '../../db/connect.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { within } from '../../platform/within.ts';

/**
 * How long a vendor waits for PostgreSQL: far below what they give us (Calendly 15 s, Zammad 30 s). The write may still
 * succeed; then the vendor's repeat is a duplicate.
 */
const KEEP_WITHIN_MS = 4000;

/**
 * Keeps a verified webhook. Only when this has returned may the sender be told that it was taken.
 *
 * @throws {CodedFailure} `store-unavailable`: answer 503, the sender repeats.
 */
export async function keep(db: Database, delivery: Delivery): Promise<'stored' | 'duplicate'> {
  try {
    const stored = await within(KEEP_WITHIN_MS, storeDelivery(db, delivery), () => 'late' as const);
    if (stored !== 'late') return stored;
  } catch (cause) {
    throw new CodedFailure('store-unavailable', 'a webhook could not be stored', { cause });
  }
  throw new CodedFailure('store-unavailable', 'PostgreSQL took too long to store a webhook');
}

/** The delivery key of a webhook that brings no id of its own: only byte-equal repeats collapse. */
export function bodyKey(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
