import type { z } from 'zod';
import type { Booking } from '../../db/queries/bookings.ts';
import { type Refusal, refusal, reply, type Routes } from '../operations/routes.ts';
import {
  type bookedSchema,
  bookWithLinkOperation,
  showBookingLinkOperation,
  type waitingSchema,
} from './book-operations.ts';
import { bookWithLink, type BookWithLinkDeps, newNonce, RETRY_AFTER_SECONDS } from './book-with-link.ts';
import { isCrossSite } from './cross-site.ts';
import { toldRefusal } from './link-refusal.ts';
import { fromStore } from './stored.ts';
import type { LinkRefusal } from './validate.ts';

export interface BookDependencies extends BookWithLinkDeps {
  /** Origins of our own pages. */
  readonly origins: readonly string[];
}

function refuseLink(reason: LinkRefusal): Refusal {
  const { code, ...told } = toldRefusal(reason);
  return refusal(code, told);
}

const waiting = (booking: Booking): z.input<typeof waitingSchema> => ({
  booking_id: booking.booking_key,
  status: booking.status,
  scheduling_url: null,
});

const booked = (booking: Booking, schedulingUrl: string): z.input<typeof bookedSchema> => ({
  ...waiting(booking),
  scheduling_url: schedulingUrl,
});

/** `/booking/book` for programs. The pages for people are on the same path, and go before. */
export function addBookRoutes(routes: Routes, deps: BookDependencies): void {
  routes.add(showBookingLinkOperation, async ({ query }) => {
    const verdict = await fromStore(deps.validate(query.token, deps.clock()));
    if (!verdict.ok) return refuseLink(verdict.reason);
    const { claims, facts } = verdict;
    return reply(200, {
      purpose: claims.purpose,
      name: facts.templateName,
      duration_minutes: facts.durationMinutes,
    });
  });

  routes.add(bookWithLinkOperation, async ({ body, req }) => {
    if (isCrossSite(req, deps.origins)) return refusal('not-allowed', { reason: 'cross-site' });
    const { token, nonce = newNonce() } = body;
    const outcome = await bookWithLink({ token, nonce }, deps);
    switch (outcome.kind) {
      case 'refused':
        return refuseLink(outcome.reason);
      case 'waiting':
        return reply(202, waiting(outcome.booking), { 'retry-after': String(RETRY_AFTER_SECONDS) });
      case 'ready':
        return reply(outcome.fresh ? 201 : 200, booked(outcome.booking, outcome.schedulingUrl));
    }
  });
}
