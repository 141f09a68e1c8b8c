import type { SessionEngine } from '../../gate/engine.ts';
import type { AnyOperation } from '../../operations/operation.ts';
import type { Routes } from '../../operations/routes.ts';
import type { ActionDependencies } from './action.ts';
import { actionOperations, addSessionActions } from './actions.ts';
import { addSessionBulk } from './bulk.ts';
import { bulkOperation } from './bulk-request.ts';
import { addSessionCount, countSessionsOperation } from './count.ts';
import { addSessionList, listSessionsOperation } from './list.ts';
import type { SessionPlaces } from './places.ts';
import { addSessionReads, readSessionOperation, readTimelineOperation } from './read.ts';
import { addSessionStart, type StartDependencies } from './start.ts';
import { startOperation } from './start-request.ts';

export interface SessionDependencies extends ActionDependencies, StartDependencies {
  readonly engine: SessionEngine;
  readonly places: SessionPlaces;
}

/** For the documentation. */
export const sessionOperations: readonly AnyOperation[] = [
  listSessionsOperation,
  countSessionsOperation,
  startOperation,
  readSessionOperation,
  readTimelineOperation,
  ...actionOperations,
  bulkOperation,
];

/** The admin API of paid sessions. Every query is bound to the caller's tenant. */
export function addSessionRoutes(routes: Routes, deps: SessionDependencies): void {
  addSessionList(routes, deps);
  addSessionCount(routes, deps);
  addSessionStart(routes, deps);
  addSessionBulk(routes, deps);
  addSessionReads(routes, deps);
  addSessionActions(routes, deps);
}
