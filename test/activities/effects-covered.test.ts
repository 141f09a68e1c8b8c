import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Activities } from '../../activities/create.ts';
import { createActivities } from '../../activities/create.ts';
import { createWorld } from './support/world.ts';

/** Where an activity's calls are put under every fault: a table, or why it needs none. */
type Cover =
  | {
      readonly table: 'saleor' | 'zammad' | 'apisix' | 'calendly' | 'calcom' | 'erasure';
      readonly as?: keyof Activities;
    }
  | { readonly without: 'calls no vendor' | 'calls tenants’ receivers' };

const NO_VENDOR = { without: 'calls no vendor' } as const;

/** A new activity is a type error here until somebody has said which. */
const covered = {
  confirmPayment: { table: 'saleor' },
  refund: { table: 'saleor' },
  openTicket: { table: 'zammad' },
  writeTicket: { table: 'zammad' },
  remind: { table: 'zammad' },
  putRoute: { table: 'apisix' },
  deleteRoute: { table: 'apisix' },
  makeBookingLink: { table: 'calendly' },
  askProvider: { table: 'calendly' },
  cancelAppointment: { table: 'calendly' },
  moveAppointment: { table: 'calcom' },
  handOver: NO_VENDOR,
  // The same calls of the same client.
  makeBookingLinkOf: { table: 'calendly', as: 'makeBookingLink' },
  askProviderOf: { table: 'calendly', as: 'askProvider' },
  cancelAppointmentOf: { table: 'calendly', as: 'cancelAppointment' },
  claimGrace: NO_VENDOR,
  issueLink: NO_VENDOR,
  publish: NO_VENDOR,
  recordBooking: NO_VENDOR,
  giveUpWebhook: NO_VENDOR,
  deliverWebhook: { without: 'calls tenants’ receivers' },
  findRunsOfPerson: NO_VENDOR,
  blankTicket: { table: 'erasure' },
  requestProviderDeletion: { table: 'erasure' },
  blankPerson: NO_VENDOR,
  certify: NO_VENDOR,
} as const satisfies Record<keyof Activities, Cover>;

test('every activity that calls a vendor stands in a table of faults', async () => {
  const world = await createWorld();
  try {
    expect(Object.keys(createActivities(world.dependencies)).toSorted()).toEqual(
      Object.keys(covered).toSorted(),
    );
  } finally {
    await world.close();
  }
  for (const [activity, cover] of Object.entries<Cover>(covered)) {
    if (!('table' in cover)) continue;
    const table = readFileSync(new URL(`effects-${cover.table}.test.ts`, import.meta.url), 'utf8');
    expect([activity, table.includes(`.${cover.as ?? activity}(`)]).toEqual([activity, true]);
  }
});
