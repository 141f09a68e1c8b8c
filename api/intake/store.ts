import { createHash } from 'node:crypto';
import { type Delivery, storeDelivery } from '../../db/queries/inbox.ts';
import type { Database } from '../../db/connect.ts';
import { CodedFailure } from '../../platform/failures.ts';

/**
 * Keeps a verified webhook. Only when this has returned may the sender be told that it was taken.
 *
 * @throws {CodedFailure} `store-unavailable`: answer 503, the sender repeats.
 */
export async function keep(db: Database, delivery: Delivery): Promise<'stored' | 'duplicate'> {
  try {
    return await storeDelivery(db, delivery);
  } catch (cause) {
    throw new CodedFailure('store-unavailable', 'a webhook could not be stored', { cause });
  }
}

/** The delivery key of a webhook that brings no id of its own: only byte-equal repeats collapse. */
export function bodyKey(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
