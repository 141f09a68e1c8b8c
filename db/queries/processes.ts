import { type Selectable, sql } from 'kysely';
import type { ProcessStore } from '../../platform/process-report.ts';
import type { Database } from '../connect.ts';
import type { ProcessesTable } from '../tables.ts';

/** Where each process says what it knows, one row per process. Those that died are forgotten after an hour. */
export function processStore(db: Database): ProcessStore {
  return {
    async tell({ processId, kind, version, buildId, startedAt, vendors, gateway }) {
      await sql`
        with forgotten as (
          delete from processes where seen_at < clock_timestamp() - interval '1 hour' and process_id <> ${processId}
        )
        insert into processes (process_id, kind, version, build_id, started_at, seen_at, vendors, gateway)
        values (${processId}, ${kind}, ${version}, ${buildId}, ${startedAt}, clock_timestamp(),
          ${JSON.stringify(vendors)}::jsonb, ${gateway === null ? null : JSON.stringify(gateway)}::jsonb)
        on conflict (process_id) do update set
          seen_at = excluded.seen_at, vendors = excluded.vendors, gateway = excluded.gateway
      `.execute(db);
    },
    async leave(processId) {
      await db.deleteFrom('processes').where('process_id', '=', processId).execute();
    },
  };
}

/** A process, and for how many milliseconds it has said nothing. */
export type KnownProcess = Selectable<ProcessesTable> & { readonly silent_ms: number };

/** Every process that said something within the last hour, workers last. */
export async function listProcesses(db: Database): Promise<readonly KnownProcess[]> {
  return db
    .selectFrom('processes')
    .selectAll()
    .select(sql<number>`extract(epoch from clock_timestamp() - seen_at)::float8 * 1000`.as('silent_ms'))
    .orderBy('kind')
    .orderBy('started_at')
    .orderBy('process_id')
    .execute();
}

/** A process that answers forward-auth. */
export interface KnownReplica {
  readonly id: string;
  readonly startedAt: Date;
  /** How long its lease runs yet; negative: it ran out. */
  readonly leaseMs: number;
  /** Revocations that it has not confirmed yet. */
  readonly behind: number;
}

/** The processes that answer forward-auth, those that died included until their rows are taken away. */
export async function listReplicas(db: Database): Promise<readonly KnownReplica[]> {
  const { rows } = await sql<{ replica_id: string; started_at: Date; lease_ms: number; behind: string }>`
    select replica_id, started_at,
      extract(epoch from lease_until - clock_timestamp())::float8 * 1000 as lease_ms,
      (select count(*) from revocations where seq > confirmed_seq) as behind
    from replicas order by started_at, replica_id
  `.execute(db);
  return rows.map((row) => ({
    id: row.replica_id,
    startedAt: row.started_at,
    leaseMs: row.lease_ms,
    behind: Number(row.behind),
  }));
}
