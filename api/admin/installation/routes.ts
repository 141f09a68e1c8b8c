import type { AnyOperation } from '../../operations/operation.ts';
import type { Routes } from '../../operations/routes.ts';
import { addBacklogRoute, readBacklogOperation } from './backlog.ts';
import { addHealthRoute, type HealthDeps, readHealthOperation } from './health.ts';
import {
  addScheduleRoutes,
  listSchedulesOperation,
  type ScheduleDeps,
  triggerScheduleOperation,
} from './schedules.ts';

/** For the documentation. */
export const installationOperations = [
  readHealthOperation,
  readBacklogOperation,
  listSchedulesOperation,
  triggerScheduleOperation,
] as const satisfies readonly AnyOperation[];

/** How the whole installation stands, for those who run it. */
export function addInstallationRoutes(routes: Routes, deps: HealthDeps & ScheduleDeps): void {
  addHealthRoute(routes, deps);
  addBacklogRoute(routes, deps);
  addScheduleRoutes(routes, deps);
}
