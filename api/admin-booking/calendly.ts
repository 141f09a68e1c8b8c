import type { Request, Response } from 'express';
import { z } from 'zod';
import { CodedFailure, type FailureCode } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import { envelopeOf, succeeded } from '../booking-requests/family.ts';
import { describeOperation } from '../operations/operation.ts';
import { type Outcome, refusal, reply, type Routes } from '../operations/routes.ts';
import { vendorRefusals } from '../operations/vendor-refusals.ts';
import { requestIdOf } from '../problem.ts';
import type { AdminBookingDependencies } from './dependencies.ts';
import { bookingParams, callersBooking, forAdmins } from './one-booking.ts';

/** In Calendly's own words. */
const resourceSchema = z.looseObject({ uri: z.string() }).meta({
  id: 'CalendlyResource',
  description: 'A resource of Calendly’s API v2, as Calendly answers it.',
});

const calendlyRefusals = [
  ...vendorRefusals,
  'vendor-not-found',
  'vendor-rejected',
  'not-configured',
] as const satisfies readonly FailureCode[];

const messages: Readonly<Record<(typeof calendlyRefusals)[number], string>> = {
  'vendor-unreachable': 'Calendly cannot be reached. Try again later.',
  'vendor-timeout': 'Calendly did not answer in time. Try again later.',
  'vendor-unavailable': 'Calendly has a failure of its own. Try again later.',
  'vendor-rate-limited': 'Calendly limits how often it may be asked. Try again later.',
  'vendor-unauthorized': 'Calendly refused our access token.',
  'vendor-forbidden': 'Our access token at Calendly lacks a permission.',
  'vendor-not-found': 'Calendly does not know what was asked for.',
  'vendor-rejected': 'Calendly refused the request.',
  'not-configured': 'Calendly is not configured here.',
  'vendor-malformed': 'Calendly’s answer was not what it documents.',
};

const isListed = (code: FailureCode): code is keyof typeof messages => code in messages;

const shared = { ...forAdmins, method: 'get' } as const;
const answerOf = <const Name extends string>(name: Name, description: string, uri: string) => ({
  200: {
    description,
    body: envelopeOf(z.object({ [name]: resourceSchema })),
    example: succeeded('From Calendly', { [name]: { uri } }),
  },
});
const EVENT = 'https://api.calendly.com/scheduled_events/event_id';

export const readCalendlyEvent = describeOperation({
  ...shared,
  id: 'getCalendlyEvent',
  path: '/api/v1/admin/booking/{id}/calendly/event',
  summary: 'A booking’s event, live from Calendly',
  params: bookingParams,
  answers: answerOf('event', 'The scheduled event.', EVENT),
  refusals: ['refused', ...calendlyRefusals],
});

export const readCalendlyInvitee = describeOperation({
  ...shared,
  id: 'getCalendlyInvitee',
  path: '/api/v1/admin/booking/{id}/calendly/invitee',
  summary: 'A booking’s invitee, live from Calendly',
  params: bookingParams,
  answers: answerOf('invitee', 'The invitee of the event.', `${EVENT}/invitees/invitee_id`),
  refusals: ['refused', ...calendlyRefusals],
});

export const readCalendlyAccount = describeOperation({
  ...shared,
  id: 'getCalendlyAccount',
  path: '/api/v1/admin/booking/calendly/info',
  summary: 'The account that bookings are made in, live from Calendly',
  answers: answerOf('account', 'The user of our access token.', 'https://api.calendly.com/users/user_id'),
  refusals: [...calendlyRefusals],
});

/** Calendly counts its requests by the minute. */
const RATE_WINDOW_MS = 60_000;

/** Seconds, for whom Calendly asks to wait. */
function retryAfter(failure: CodedFailure): Readonly<Record<string, string>> {
  const told = failure instanceof VendorFailure ? failure.retryAfterMs : null;
  const ms = told ?? (failure.code === 'vendor-rate-limited' ? RATE_WINDOW_MS : null);
  return ms === null ? {} : { 'retry-after': String(Math.max(1, Math.ceil(ms / 1000))) };
}

/** Asks Calendly, and says in our words what it failed with. */
async function fromCalendly(
  name: string,
  log: AdminBookingDependencies['log'],
  req: Request,
  read: () => Promise<Readonly<Record<string, unknown>> | undefined>,
): Promise<Outcome> {
  try {
    const resource = await read();
    return resource === undefined
      ? refusal('vendor-not-found', { detail: messages['vendor-not-found'] })
      : reply(200, succeeded('From Calendly', { [name]: resource }));
  } catch (error) {
    if (!(error instanceof CodedFailure) || !isListed(error.code)) throw error;
    const { code } = error;
    log.warn({ requestId: requestIdOf(req), code }, 'Calendly could not be asked');
    return refusal(code, { detail: messages[code] }, retryAfter(error));
  }
}

export function addCalendlyRoutes(
  routes: Routes,
  { db, calendly, log }: Pick<AdminBookingDependencies, 'db' | 'calendly' | 'log'>,
): void {
  function theirs(): NonNullable<AdminBookingDependencies['calendly']> {
    if (calendly === null) throw new CodedFailure('not-configured', 'Calendly is not configured');
    return calendly;
  }

  async function ofBooking(
    asked: { readonly req: Request; readonly res: Response; readonly params: z.output<typeof bookingParams> },
    name: 'event' | 'invitee',
  ): Promise<Outcome> {
    const row = await callersBooking(db, asked.res, asked.params.id);
    if (row === undefined) return refusal('not-found');
    const { appointment_uri: uri } = row;
    if (uri === null)
      return refusal('refused', { reason: 'not-booked', detail: 'The visitor has not chosen a time yet.' });
    return fromCalendly(name, log, asked.req, async () =>
      name === 'event' ? theirs().readEvent(uri) : theirs().readInvitee(uri),
    );
  }

  routes.add(readCalendlyEvent, (asked) => ofBooking(asked, 'event'));
  routes.add(readCalendlyInvitee, (asked) => ofBooking(asked, 'invitee'));
  routes.add(readCalendlyAccount, ({ req }) =>
    fromCalendly('account', log, req, async () => theirs().readAccount()),
  );
}
