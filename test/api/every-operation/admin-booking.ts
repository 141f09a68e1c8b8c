import { expect } from '@jest/globals';
import { observe } from '../../../scripts/demo/observe.ts';
import { createVendors } from '../../../scripts/demo/vendors.ts';
import { askForBooking, createBooking } from './public-booking.ts';
import type { Calls, OperationRig } from './rig.ts';

const PATIENCE_MS = 30_000;
const IN_TWO_DAYS_MS = 2 * 24 * 3_600_000;

/** A booking request. @returns how the operations below its address name it. */
async function newBooking(rig: OperationRig): Promise<{ readonly path: { readonly id: string } }> {
  return { path: { id: await createBooking(rig) } };
}

/** One whose visitor has chosen a time at Calendly. */
async function bookedBooking(rig: OperationRig): Promise<{ readonly path: { readonly id: string } }> {
  const { _id: id, calendlyLink } = await askForBooking(rig);
  const startsAt = new Date(Date.now() + IN_TWO_DAYS_MS);
  await createVendors(rig.stack.addresses).book(calendlyLink, startsAt);
  await observe('the scheduled booking', PATIENCE_MS, async () => {
    const read = await rig.as.admin.getBookingAsAdmin({ path: { id } });
    return read.status === 200 && read.body.results.booking.status === 'scheduled' ? true : undefined;
  });
  return { path: { id } };
}

const held = new WeakMap<OperationRig, ReturnType<typeof bookedBooking>>();

function sameBookedBooking(rig: OperationRig): ReturnType<typeof bookedBooking> {
  const known = held.get(rig) ?? bookedBooking(rig);
  held.set(rig, known);
  return known;
}

export const adminBookingCalls = {
  listBookings: async (rig) => {
    await newBooking(rig);
    await rig.as.admin.listBookings({ query: { term: 'acme', status: 'pending', sortBy: 'email', page: 1 } });
    await rig.as.admin.listBookings({ query: { term: '', status: '' } });
    await rig.as.admin.listBookings({ accept: 'text/csv' });
  },
  getBookingAsAdmin: async (rig) => {
    const booking = await newBooking(rig);
    const read = await rig.as.admin.getBookingAsAdmin(booking);
    const headers = { 'If-None-Match': read.headers.get('etag') ?? '' };
    expect((await rig.as.admin.getBookingAsAdmin({ ...booking, headers })).status).toBe(304);
  },
  updateBooking: async (rig) => {
    const { path } = await newBooking(rig);
    const body = { _id: path.id, isRead: true, meetingNotes: 'Called back' };
    const late = await rig.as.admin.updateBooking({ headers: { 'If-Match': '"another"' }, body });
    expect(late.status).toBe(412);
    return rig.as.admin.updateBooking({ body });
  },
  deleteBookings: async (rig) => rig.as.admin.deleteBookings(await newBooking(rig)),
  cancelBooking: async (rig) => {
    const asked = { ...(await newBooking(rig)), body: { reason: 'The host is ill' } };
    expect((await rig.as.admin.cancelBooking(asked)).status).toBe(200);
  },
  getCalendlyAccount: ({ as }) => as.admin.getCalendlyAccount(),
  getCalendlyEvent: async (rig) => {
    expect((await rig.as.admin.getCalendlyEvent(await newBooking(rig))).status).toBe(409);
    return rig.as.admin.getCalendlyEvent(await sameBookedBooking(rig));
  },
  getCalendlyInvitee: async (rig) => rig.as.admin.getCalendlyInvitee(await sameBookedBooking(rig)),
} as const satisfies Calls;
