import express, { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { writeAudit } from '../../db/queries/audit.ts';
import type { PageRequest } from '../../db/queries/catalog.ts';
import type { Clock } from '../../platform/clock.ts';
import { actorOf, callerOf } from '../auth/caller.ts';
import { methodNotAllowed, sendProblem } from '../problem.ts';
import { fieldProblems, idSchema, idTextSchema } from '../request-shape.ts';
import { cursorSchema, limitSchema, pageOf } from './paging.ts';

export interface CollectionDependencies {
  readonly db: Database;
  readonly clock: Clock;
  /** Lets admins through and leaves their `Caller`. */
  readonly guard: RequestHandler;
}

export type Creation<Row> =
  | { readonly kind: 'made'; readonly row: Row }
  /** The tenant has this already, under this id. */
  | { readonly kind: 'duplicate'; readonly id: number; readonly detail: string }
  /** The tenant has nothing under an id that the body names. */
  | { readonly kind: 'missing'; readonly detail: string };

/** One kind of rows that a tenant's admin makes and reads. */
export interface Collection<Body, Row extends { readonly id: number }> {
  /** Below `/api/v1/admin`. */
  readonly path: 'calendars' | 'templates' | 'clients';
  /** In the audit, `calendar:7`. */
  readonly noun: 'calendar' | 'template' | 'client';
  readonly body: z.ZodType<Body>;
  readonly create: (transaction: Database, tenantId: number, body: Body) => Promise<Creation<Row>>;
  readonly find: (db: Database, tenantId: number, id: number) => Promise<Row | undefined>;
  /** Newest first. */
  readonly list: (db: Database, page: PageRequest) => Promise<readonly Row[]>;
  readonly toJson: (row: Row) => object;
}

const pageSchema = z.strictObject({
  limit: limitSchema,
  cursor: cursorSchema(z.tuple([idSchema])).optional(),
});

const onlyJson: RequestHandler = (req, res, next) => {
  if (req.get('content-type') !== undefined && req.is('application/json') === false)
    sendProblem(req, res, 'unsupported-media-type');
  else next();
};

/**
 * `POST` and `GET` on a collection, `GET` on one of it. Every query is bound to the caller's tenant: what is
 * another's is answered like what is not there. Errors are problem documents.
 */
export function collectionRoutes<Body, Row extends { readonly id: number }>(
  deps: CollectionDependencies,
  collection: Collection<Body, Row>,
): Router {
  const { db } = deps;
  const path = `/api/v1/admin/${collection.path}`;
  const router = Router({ caseSensitive: true, strict: true });

  router.use(path, (_req, res, next) => {
    res.set('cache-control', 'no-store');
    next();
  });

  router
    .route(path)
    .post(deps.guard, onlyJson, express.json({ limit: '16kb' }), async (req, res) => {
      const parsed = collection.body.safeParse(req.body);
      if (!parsed.success) {
        sendProblem(req, res, 'invalid-request', { detail: fieldProblems(parsed.error) });
        return;
      }
      const caller = callerOf(res);
      const creation = await db.transaction().execute(async (trx) => {
        const made = await collection.create(trx, caller.tenantId, parsed.data);
        if (made.kind === 'made')
          await writeAudit(trx, [
            {
              at: new Date(deps.clock()),
              tenantId: caller.tenantId,
              actor: actorOf(caller),
              action: `${collection.noun}.created`,
              subject: `${collection.noun}:${made.row.id}`,
              reason: null,
            },
          ]);
        return made;
      });
      switch (creation.kind) {
        case 'made':
          res.status(201).location(`${path}/${creation.row.id}`).json(collection.toJson(creation.row));
          return;
        case 'duplicate':
          res.location(`${path}/${creation.id}`);
          sendProblem(req, res, 'already-exists', { detail: creation.detail });
          return;
        case 'missing':
          sendProblem(req, res, 'not-found', { detail: creation.detail });
      }
    })
    .get(deps.guard, async (req, res) => {
      const parsed = pageSchema.safeParse(req.query);
      if (!parsed.success) {
        sendProblem(req, res, 'invalid-request', { detail: fieldProblems(parsed.error) });
        return;
      }
      const { limit, cursor } = parsed.data;
      const rows = await collection.list(db, {
        tenantId: callerOf(res).tenantId,
        after: cursor?.[0] ?? null,
        limit: limit + 1,
      });
      res.json(pageOf(rows, limit, collection.toJson, (row) => [row.id]));
    })
    .all(methodNotAllowed('GET', 'HEAD', 'POST'));

  router
    .route(`${path}/:id`)
    .get(deps.guard, async (req, res) => {
      const id = idTextSchema.safeParse(req.params['id']);
      const row = id.success ? await collection.find(db, callerOf(res).tenantId, id.data) : undefined;
      if (row === undefined) sendProblem(req, res, 'not-found');
      else res.json(collection.toJson(row));
    })
    .all(methodNotAllowed('GET', 'HEAD'));
  return router;
}
