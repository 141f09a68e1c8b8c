import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { writeAudit } from '../../db/queries/audit.ts';
import type { PageRequest } from '../../db/queries/catalog.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FailureCode } from '../../platform/failures.ts';
import { actorOf, callerOf } from '../auth/caller.ts';
import { problems } from '../operations/family.ts';
import { type AnyOperation, describeOperation } from '../operations/operation.ts';
import { type Outcome, refusal, reply, type Routes } from '../operations/routes.ts';
import { idSchema, idTextSchema } from '../request-shape.ts';
import {
  allRows,
  CSV_TYPES,
  type CsvCell,
  EXPORT_HEADERS,
  EXPORT_IS_WHOLE,
  fieldColumns,
  sendCsv,
  wantsCsv,
} from './csv.ts';
import { cursorSchema, limitSchema, pageOf, pageSchemaOf } from './paging.ts';

export interface CollectionDependencies {
  readonly db: Database;
  readonly clock: Clock;
}

export type Creation<Row> =
  | { readonly kind: 'made'; readonly row: Row }
  /** The tenant has this already, under this id. */
  | { readonly kind: 'duplicate'; readonly id: number; readonly detail: string }
  /** The tenant has nothing under an id that the body names. */
  | { readonly kind: 'missing'; readonly detail: string };

/** One kind of rows that a tenant's admin makes and reads. */
export interface RowKind<Body, Row extends { readonly id: number }> {
  /** In the audit, `calendar:7`. */
  readonly noun: 'calendar' | 'template' | 'client';
  /** A sentence for the documentation: what they are. */
  readonly about: string;
  readonly body: z.ZodType<Body>;
  readonly bodyExample: Body;
  /** One of them as JSON. */
  readonly item: z.ZodObject;
  readonly itemExample: Readonly<Record<string, CsvCell>>;
  /** How `create` can end but by making one. */
  readonly refusals: readonly FailureCode[];
  readonly create: (transaction: Database, tenantId: number, body: Body) => Promise<Creation<Row>>;
  readonly find: (db: Database, tenantId: number, id: number) => Promise<Row | undefined>;
  /** Newest first. */
  readonly list: (db: Database, page: PageRequest) => Promise<readonly Row[]>;
  readonly toJson: (row: Row) => Readonly<Record<string, CsvCell>>;
}

export interface Collection {
  readonly operations: readonly AnyOperation[];
  addTo(routes: Routes, deps: CollectionDependencies): void;
}

const pathOf = (noun: string): `/${string}` => `/api/v1/admin/${noun}s`;

function describe<Body, Row extends { readonly id: number }>(kind: RowKind<Body, Row>) {
  const { noun, about, item, itemExample } = kind;
  const name = `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
  const shared = {
    tag: 'catalog',
    family: problems,
    access: { kind: 'bearer', roles: ['admin'] },
  } as const;
  return {
    list: describeOperation({
      ...shared,
      id: `list${name}s`,
      method: 'get',
      path: pathOf(noun),
      summary: `The tenant’s ${noun}s, newest first`,
      description: `${about} ${EXPORT_IS_WHOLE}`,
      query: z.strictObject({ limit: limitSchema, cursor: cursorSchema(z.tuple([idSchema])).optional() }),
      answers: {
        200: {
          description: `A page of ${noun}s.`,
          body: pageSchemaOf(item),
          example: { items: [itemExample], next_cursor: null },
          otherTypes: CSV_TYPES,
          headers: EXPORT_HEADERS,
        },
      },
      refusals: [],
    }),
    create: describeOperation({
      ...shared,
      id: `create${name}`,
      method: 'post',
      path: pathOf(noun),
      summary: `Add a ${noun}`,
      description: about,
      body: kind.body,
      bodyLimit: '16kb',
      bodyExample: kind.bodyExample,
      answers: {
        201: {
          description: `The ${noun}.`,
          body: item,
          example: itemExample,
          headers: { Location: 'Its address.' },
        },
      },
      refusals: kind.refusals,
    }),
    read: describeOperation({
      ...shared,
      id: `get${name}`,
      method: 'get',
      path: `${pathOf(noun)}/{id}`,
      summary: `One ${noun}`,
      params: z.strictObject({ id: idTextSchema }),
      answers: { 200: { description: `The ${noun}.`, body: item, example: itemExample } },
      refusals: [],
    }),
  };
}

/** Makes one, and its audit entry, in one transaction. */
async function make<Body, Row extends { readonly id: number }>(
  { db, clock }: CollectionDependencies,
  kind: RowKind<Body, Row>,
  asked: { readonly tenantId: number; readonly actor: string; readonly body: Body },
): Promise<Outcome> {
  const { tenantId, actor, body } = asked;
  const creation = await db.transaction().execute(async (trx) => {
    const made = await kind.create(trx, tenantId, body);
    if (made.kind === 'made')
      await writeAudit(trx, [
        {
          at: new Date(clock()),
          tenantId,
          actor,
          action: `${kind.noun}.created`,
          subject: `${kind.noun}:${made.row.id}`,
          reason: null,
        },
      ]);
    return made;
  });
  const addressOf = (id: number) => ({ location: `${pathOf(kind.noun)}/${id}` });
  switch (creation.kind) {
    case 'made':
      return reply(201, kind.toJson(creation.row), addressOf(creation.row.id));
    case 'duplicate':
      return refusal('already-exists', { detail: creation.detail }, addressOf(creation.id));
    case 'missing':
      return refusal('not-found', { detail: creation.detail });
  }
}

/**
 * `GET` and `POST` on a collection, `GET` on one of it. Every query is bound to the caller's tenant: what is another's
 * is answered like what is not there.
 */
export function defineCollection<Body, Row extends { readonly id: number }>(
  kind: RowKind<Body, Row>,
): Collection {
  const { list, create, read } = describe(kind);
  const columns = fieldColumns(kind.item, kind.toJson);
  return {
    operations: [list, create, read],
    addTo(routes, deps) {
      const { db } = deps;
      routes.add(list, async ({ query, req, res }) => {
        const { tenantId } = callerOf(res);
        const { limit, cursor } = query;
        if (wantsCsv(req)) {
          const rows = allRows<Row>((last, many) =>
            kind.list(db, { tenantId, after: last?.id ?? null, limit: many }),
          );
          return sendCsv(res, `${kind.noun}s`, columns, rows);
        }
        const rows = await kind.list(db, { tenantId, after: cursor?.[0] ?? null, limit: limit + 1 });
        return reply(
          200,
          pageOf(rows, limit, kind.toJson, (row) => [row.id]),
        );
      });
      routes.add(create, async ({ body, res }) => {
        const caller = callerOf(res);
        return make(deps, kind, { tenantId: caller.tenantId, actor: actorOf(caller), body });
      });
      routes.add(read, async ({ params, res }) => {
        const row = await kind.find(db, callerOf(res).tenantId, params.id);
        return row === undefined ? refusal('not-found') : reply(200, kind.toJson(row));
      });
    },
  };
}
