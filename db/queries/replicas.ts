import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { Listener } from '../listen.ts';

/** A replica has confirmed; whoever waits looks again. Its payload says nothing. */
export const CONFIRMATION_CHANNEL = 'latchkey_confirmation';

/**
 * Renews a replica's lease, or takes it out, and has `payload` told on `channel` by the same commit. The lease is
 * counted by PostgreSQL's clock.
 *
 * @returns PostgreSQL's clock, in milliseconds.
 */
export async function renewLease(
  connection: Pick<Listener, 'query'>,
  beat: {
    readonly replicaId: string;
    readonly leaseMs: number;
    /** Every revocation up to this one is in its memory. Only taken where there is no row. */
    readonly confirmedSeq: number;
    readonly channel: string;
    readonly payload: string;
  },
): Promise<number | undefined> {
  const [row] = await connection.query<{ now: number }>(
    `with renewed as (
       insert into replicas (replica_id, lease_until, confirmed_seq, started_at)
       values ($1, clock_timestamp() + $2::float8 * interval '1 millisecond', $3::bigint, clock_timestamp())
       on conflict (replica_id) do update set lease_until = excluded.lease_until
       returning replica_id
     )
     select pg_notify($4, $5), extract(epoch from clock_timestamp())::float8 * 1000 as now from renewed`,
    [beat.replicaId, beat.leaseMs, beat.confirmedSeq, beat.channel, beat.payload],
  );
  return row?.now;
}

/** Says that a replica has every revocation up to this one in its memory, and wakes who waits for it. */
export async function confirmRevocations(
  connection: Pick<Listener, 'query'>,
  replicaId: string,
  seq: number,
): Promise<void> {
  await connection.query(
    `with confirmed as (
       update replicas set confirmed_seq = greatest(confirmed_seq, $2::bigint) where replica_id = $1
       returning replica_id
     )
     select pg_notify('${CONFIRMATION_CHANNEL}', '') from confirmed`,
    [replicaId, seq],
  );
}

/**
 * Up to which revocation every replica with a running lease has confirmed; undefined when there is no such replica.
 */
export async function confirmedByAll(db: Database): Promise<number | undefined> {
  const { rows } = await sql<{ seq: string | null }>`
    select min(confirmed_seq) as seq from replicas where lease_until > clock_timestamp()
  `.execute(db);
  const seq = rows[0]?.seq;
  return seq === null || seq === undefined ? undefined : Number(seq);
}

/** A replica that stops: nobody waits for it any more. */
export async function removeReplica(db: Database, replicaId: string): Promise<void> {
  await db.deleteFrom('replicas').where('replica_id', '=', replicaId).execute();
}

/** Takes away the rows of replicas that died. */
export async function pruneReplicas(db: Database): Promise<void> {
  await sql`delete from replicas where lease_until < clock_timestamp() - interval '10 minutes'`.execute(db);
}
