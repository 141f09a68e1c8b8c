import type { Routes } from '../operations/routes.ts';
import { addChangeStatus, type ChangeStatusDeps } from './change-status.ts';
import { addCreateBooking, type CreateBookingDeps } from './create.ts';
import { addReadBooking } from './read.ts';

export type PublicBookingDeps = CreateBookingDeps & ChangeStatusDeps;

/** The booking API for visitors and for automations. */
export function addPublicBookingRoutes(routes: Routes, deps: PublicBookingDeps): void {
  addCreateBooking(routes, deps);
  addReadBooking(routes, deps);
  addChangeStatus(routes, deps);
}
