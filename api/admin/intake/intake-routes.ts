import type { AnyOperation } from '../../operations/operation.ts';
import type { Routes } from '../../operations/routes.ts';
import { addAdoptionRoute, type AdoptionDeps, adoptInboxOperation } from './adopt.ts';
import { addInboxListRoutes, type InboxListDeps, listInboxOperation, showInboxOperation } from './list.ts';
import {
  addInboxReplayRoutes,
  type InboxReplayDeps,
  replayInboxOperation,
  replayInboxPageOperation,
} from './replay.ts';

export const intakeOperations: readonly AnyOperation[] = [
  listInboxOperation,
  replayInboxPageOperation,
  showInboxOperation,
  replayInboxOperation,
  adoptInboxOperation,
];

/** The inbox and its quarantine, for those who run the installation. */
export function addIntakeRoutes(routes: Routes, deps: InboxListDeps & InboxReplayDeps & AdoptionDeps): void {
  addInboxReplayRoutes(routes, deps);
  addInboxListRoutes(routes, deps);
  addAdoptionRoute(routes, deps);
}
