import { expect } from '@jest/globals';
import type { PublicBooking } from '../../../integrations/latchkey/operations.generated.ts';
import type { Calls, OperationRig } from './rig.ts';

const visitor = {
  firstName: 'John',
  lastName: 'Doe',
  companyName: 'Acme Corp',
  companyWebsite: 'https://acme.example',
  position: 'CEO',
  isDecisionMaker: true,
  email: 'john@acme.example',
} as const;

/** A new booking request, as its visitor sees it. */
export async function askForBooking({ anyone }: OperationRig): Promise<PublicBooking> {
  const made = await anyone.createBooking({ body: visitor });
  if (made.status !== 201) throw new Error(`no booking: ${made.status}`);
  return made.body.results.booking;
}

/** @returns its id. */
export async function createBooking(rig: OperationRig): Promise<string> {
  return (await askForBooking(rig))._id;
}

export const publicBookingCalls = {
  createBooking,
  getBooking: async (rig) => {
    expect((await rig.anyone.getBooking({ path: { id: 'a'.repeat(22) } })).status).toBe(404);
    return rig.anyone.getBooking({ path: { id: await createBooking(rig) } });
  },
  updateBookingStatus: async (rig) => {
    const path = { id: await createBooking(rig) };
    expect((await rig.anyone.updateBookingStatus({ path, body: { status: 'cancelled' } })).status).toBe(401);
    const early = await rig.as.service.updateBookingStatus({ path, body: { status: 'completed' } });
    expect(early.status).toBe(409);
    return rig.as.service.updateBookingStatus({ path, body: { status: 'cancelled' } });
  },
} as const satisfies Calls;
