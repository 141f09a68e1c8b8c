import { createHash } from 'node:crypto';
import type { Instant } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';

/** A request that bears an idempotency key. */
export interface KeyedRequest {
  /** Whose keys these are: the same key in another scope stands for something else. */
  readonly scope: string;
  readonly key: string;
  /** What was asked, as its schema wrote it, so that the same fields in another order are the same request. */
  readonly request: object;
}

/** A key stands for its request this long. */
const KEPT_MS = 24 * 60 * 60 * 1000;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
/** What tells one request from another. */
export const requestHashOf = ({ request }: KeyedRequest): string => hashOf(JSON.stringify(request));

/** What a key stands for. */
export type Remembered =
  | { readonly kind: 'first' }
  /** `subject`: what the first request made. */
  | { readonly kind: 'repeat'; readonly subject: string }
  | { readonly kind: 'other-request' };

function standingOf(
  request: KeyedRequest,
  row: { readonly request_hash: string; readonly subject: string } | undefined,
): Remembered {
  if (row === undefined) return { kind: 'first' };
  return row.request_hash === requestHashOf(request)
    ? { kind: 'repeat', subject: row.subject }
    : { kind: 'other-request' };
}

/** Looks without remembering. */
export async function findRequest(db: Database, request: KeyedRequest, now: Instant): Promise<Remembered> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'subject'])
    .where('scope', '=', request.scope)
    .where('key_hash', '=', hashOf(request.key))
    .where('expires_at', '>', new Date(now))
    .executeTakeFirst();
  return standingOf(request, row);
}

/**
 * Lets the key stand for `subject` for a day, unless it stands for something already. Of two at once the
 * second waits until the first one's transaction is over.
 *
 * @param trx the transaction that makes the subject too, so that neither is there without the other.
 */
export async function rememberRequest(
  trx: Database,
  request: KeyedRequest,
  made: { readonly subject: string; readonly now: Instant },
): Promise<Remembered> {
  const { scope, key } = request;
  const keyHash = hashOf(key);
  const value = {
    request_hash: requestHashOf(request),
    subject: made.subject,
    expires_at: new Date(made.now + KEPT_MS),
  };
  const written = await trx
    .insertInto('idempotency_keys')
    .values({ scope, key_hash: keyHash, ...value })
    .onConflict((conflict) =>
      conflict
        .columns(['scope', 'key_hash'])
        .doUpdateSet(value)
        .where('idempotency_keys.expires_at', '<=', new Date(made.now)),
    )
    .executeTakeFirst();
  if (written.numInsertedOrUpdatedRows === 1n) return { kind: 'first' };
  // The conflict has locked the row, so it is there.
  const row = await trx
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'subject'])
    .where('scope', '=', scope)
    .where('key_hash', '=', keyHash)
    .executeTakeFirstOrThrow();
  return standingOf(request, row);
}

const BATCH = 5000;

/**
 * Deletes keys that stand for nothing any more. At most one batch.
 *
 * @returns how many went; a full batch (5000) means that there may be more.
 */
export async function pruneIdempotencyKeys(db: Database, now: Instant): Promise<number> {
  const at = new Date(now);
  const over = db
    .selectFrom('idempotency_keys')
    .select(['scope', 'key_hash'])
    .where('expires_at', '<=', at)
    .orderBy('expires_at')
    .limit(BATCH)
    .forUpdate()
    .skipLocked();
  const gone = await db
    .deleteFrom('idempotency_keys')
    .where((of) => of(of.refTuple('scope', 'key_hash'), 'in', over.$asTuple('scope', 'key_hash')))
    // One that a request just took again is a new one.
    .where('expires_at', '<=', at)
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}
