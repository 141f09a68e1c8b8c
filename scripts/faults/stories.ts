import { setTimeout as sleep } from 'node:timers/promises';
import { BookingRefused } from '../../integrations/calendly/twin/bookings.ts';
import type { TwinAppointment } from '../../integrations/calendly/twin.ts';
import { observe } from '../demo/observe.ts';
import { addressIn, type Client, PATIENCE_MS } from './client.ts';
import type { Booked, Deeds } from './deeds.ts';
import type { Operator } from './operator.ts';
import type { Story } from './plan.ts';
import { products } from './products.ts';
import type { Sandboxes } from './system.ts';

export interface Telling {
  readonly sandboxes: Sandboxes;
  readonly operator: Operator;
  readonly client: Client;
  readonly deeds: Deeds;
}

const SECOND = 1000;
/** Booked this far ahead, the cutoff is some seconds away. */
const SOON_MS = 25 * SECOND;
/** Booked this far ahead, there is time to change one's mind. */
const LATER_MS = 50 * SECOND;
/** For a product whose cutoff is 35 seconds before the start. */
const JUST_BEFORE_LATE_MS = 38 * SECOND;

/** Nobody looks at a page without a pause. */
const rest = (): Promise<undefined> => sleep(500, undefined);

const until = (instant: number): Promise<void> => sleep(Math.max(0, instant - Date.now()));

function take(deeds: Deeds, { inviteeUri, startsAt, endsAt }: TwinAppointment, at: number): Booked {
  const booked: Booked = { uri: inviteeUri, at, startsAt, endsAt, replaces: null };
  deeds.booked.push(booked);
  return booked;
}

/** Books with the link on the session's page; null when the session is over. */
async function book({ sandboxes, client, deeds }: Telling, aheadMs: number): Promise<Booked | null> {
  const { calendly } = sandboxes;
  const link = new RegExp(`${calendly.url}/d/[^"'<>\\s]+`);
  return observe('a booking', PATIENCE_MS, async () => {
    const html = await client.look();
    if (html === null) return null;
    const address = addressIn(html, link);
    if (address === undefined) return rest();
    const at = Date.now();
    try {
      const email = `${deeds.key.toLowerCase()}@example.com`;
      return take(
        deeds,
        calendly.book(address, { name: 'Ada Client', email, startsAt: new Date(at + aheadMs) }),
        at,
      );
    } catch (error) {
      // The page still shows a link that was used.
      if (error instanceof BookingRefused) return rest();
      throw error;
    }
  });
}

/** What the client does on the provider's reschedule page. */
function move({ sandboxes, deeds }: Telling, from: Booked, startsAt: number, allowed: boolean): Booked {
  const at = Date.now();
  const made = sandboxes.calendly.reschedule(from.uri, new Date(startsAt));
  const moved: Booked = {
    uri: made.inviteeUri,
    at,
    startsAt: made.startsAt,
    endsAt: made.endsAt,
    replaces: { uri: from.uri, allowed },
  };
  deeds.booked.push(moved);
  return moved;
}

/** @returns false when the page never offered to move the session. */
async function mayMove({ client, deeds }: Telling, { startsAt }: Booked): Promise<boolean> {
  const cutoffAt = startsAt - products[deeds.product].cutoffMs;
  return observe('the button to move the session', PATIENCE_MS, async () => {
    const html = await client.look();
    if (html?.includes(`${new URL(client.page).pathname}/reschedule"`)) return true;
    if (html === null || Date.now() > cutoffAt) return false;
    return rest();
  });
}

async function moveInTime(telling: Telling): Promise<void> {
  const booked = await book(telling, LATER_MS);
  if (!booked || !(await mayMove(telling, booked))) return;
  const { outcome } = await telling.client.press('reschedule');
  if (outcome === 'accepted') move(telling, booked, Date.now() + SOON_MS, true);
}

async function cancelOnPage(telling: Telling): Promise<void> {
  const booked = await book(telling, LATER_MS);
  if (!booked) return;
  const { outcome } = await telling.client.press('cancel');
  // Over: the first request was carried out, and only its answer was lost.
  if (outcome !== 'refused') telling.deeds.cancelledOnPageAt = Date.now();
}

async function cancelThere(telling: Telling): Promise<Booked | null> {
  const booked = await book(telling, LATER_MS);
  if (!booked) return null;
  const at = Date.now();
  telling.sandboxes.calendly.cancel(booked.uri, 'invitee');
  telling.deeds.cancelledThere.push({ uri: booked.uri, at });
  return booked;
}

async function changeLate(telling: Telling, approve: boolean): Promise<void> {
  const { deeds, operator } = telling;
  const booked = await book(telling, JUST_BEFORE_LATE_MS);
  if (!booked) return;
  await until(booked.startsAt - products[deeds.product].cutoffMs + SECOND);
  move(telling, booked, booked.startsAt + 2 * SECOND, false);
  if (!approve) return;
  await observe('the late change', PATIENCE_MS, async () => {
    const live = await operator.live(deeds.key);
    return live?.lateChange || Date.now() > booked.startsAt ? true : rest();
  });
  deeds.lateChange = await operator.approve(deeds.key);
}

/** Where the order was taken in too late for its time, the page offers to book another. */
async function keepFixedTime(telling: Telling): Promise<void> {
  const { client, sandboxes, deeds } = telling;
  const mayBook = await observe('a time or a booking link', PATIENCE_MS, async () => {
    const html = await client.look();
    if (html === null || html.includes('<dt>When</dt>')) return false;
    return html.includes(`${sandboxes.calendly.url}/d/`) ? true : rest();
  });
  if (!mayBook) return;
  deeds.fixedWasPast = true;
  await book(telling, SOON_MS);
}

async function missIt(telling: Telling): Promise<void> {
  const booked = await book(telling, SOON_MS);
  if (!booked) return;
  await until(booked.startsAt);
  telling.sandboxes.calendly.markNoShow(booked.uri);
  telling.deeds.noShowAt = Date.now();
}

async function revoke(telling: Telling): Promise<void> {
  const { operator, deeds } = telling;
  if (!(await book(telling, SOON_MS))) return;
  if (await operator.revokeAccess(deeds.key)) deeds.revokedAt = Date.now();
}

/** What the client, the host and the operator do about one paid unit, once its link has come. */
export const tell: Readonly<Record<Story, (telling: Telling) => Promise<void>>> = {
  completed: async (telling) => void (await book(telling, SOON_MS)),
  moved: moveInTime,
  'cancelled-on-page': cancelOnPage,
  'cancelled-at-provider': async (telling) => void (await cancelThere(telling)),
  async rebooked(telling) {
    if (await cancelThere(telling)) await book(telling, SOON_MS);
  },
  expired: () => Promise.resolve(),
  'fixed-time': keepFixedTime,
  'late-declined': (telling) => changeLate(telling, false),
  'late-approved': (telling) => changeLate(telling, true),
  'no-show': missIt,
  revoked: revoke,
  // What the shop does is done to the whole order.
  'shop-refunded': () => Promise.resolve(),
  'shop-cancelled': () => Promise.resolve(),
};
