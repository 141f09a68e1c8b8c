import type { AnyOperation } from '../operations/operation.ts';
import type { Routes } from '../operations/routes.ts';
import {
  addCalendlyRoutes,
  readCalendlyAccount,
  readCalendlyEvent,
  readCalendlyInvitee,
} from './calendly.ts';
import { addCancelBooking, cancelBooking } from './cancel.ts';
import { addChangeBooking } from './change.ts';
import { updateBooking } from './change-request.ts';
import { addDeleteBookings, deleteBookings } from './delete.ts';
import type { AdminBookingDependencies } from './dependencies.ts';
import { addListBookings, listBookingsOperation } from './list.ts';
import { addReadBooking, readAdminBooking } from './read.ts';

/** For the documentation. */
export const adminBookingOperations: readonly AnyOperation[] = [
  listBookingsOperation,
  updateBooking,
  readAdminBooking,
  deleteBookings,
  cancelBooking,
  readCalendlyEvent,
  readCalendlyInvitee,
  readCalendlyAccount,
];

/** `/api/v1/admin/booking`: what a tenant's admins do with their visitors' bookings. Source: the booking API's document. */
export function addAdminBookingRoutes(routes: Routes, deps: AdminBookingDependencies): void {
  addListBookings(routes, deps);
  addChangeBooking(routes, deps);
  addReadBooking(routes, deps);
  addDeleteBookings(routes, deps);
  addCancelBooking(routes, deps);
  addCalendlyRoutes(routes, deps);
}
