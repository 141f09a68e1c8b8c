import { z } from 'zod';
import { CSV_TYPES, EXPORT_HEADERS, EXPORT_IS_WHOLE } from '../admin/csv.ts';
import { pageSchemaOf } from '../admin/paging.ts';
import { type AnyOperation, describeOperation } from '../operations/operation.ts';
import { bookingLinkApi, envelopeOf, succeeded } from './family.ts';
import {
  createLinkSchema,
  listLinksSchema,
  purposeSchema,
  revokeLinkSchema,
  stateSchema,
} from './link-requests.ts';

const shared = {
  tag: 'booking-templates',
  family: bookingLinkApi,
  access: { kind: 'bearer', roles: ['admin', 'tenant'] },
} as const;

const instant = z.iso.datetime();
const expiry = instant.nullable().meta({ description: 'Null for a permanent link.' });
const jti = z.string().meta({ description: 'The link’s id: the `jti` of its token’s claims.' });
const JTI = 'Zm9vYmFyLWxpbmstaWQtMD';

const createdLink = z
  .object({
    token: z.string().meta({ description: 'The self-contained JWT. It is told here and nowhere else.' }),
    url: z.string().meta({ description: 'The booking page with the token, relative to the public origin.' }),
    purpose: purposeSchema,
    expires_at: expiry,
    created_at: instant,
  })
  .meta({ id: 'CreatedBookingLink' });

export const createBookingLink = describeOperation({
  ...shared,
  id: 'createBookingLink',
  method: 'post',
  path: '/booking/link',
  summary: 'Create a booking link for a client',
  description:
    'The token carries everything that a booking needs, signed with HMAC-SHA256. Calendar and user come from the ' +
    'template, the tenant from the caller’s bearer token. The message of a 404 names what is missing: “booking ' +
    'template not found” or “client not found”.',
  limits: ['links-per-address', 'links-per-tenant', 'links-per-user'],
  body: createLinkSchema,
  bodyLimit: '8kb',
  bodyExample: { template_id: 1, client_id: 123, token_purpose: 'one-time-booking-link' },
  answers: {
    201: {
      description: 'The link.',
      body: envelopeOf(createdLink),
      example: succeeded('Booking link created successfully', {
        token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...',
        url: '/booking/book?token=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...',
        purpose: 'one-time-booking-link',
        expires_at: '2024-01-16T19:30:00Z',
        created_at: '2024-01-15T19:30:00Z',
      }),
    },
  },
  refusals: ['not-found'],
});

/** A link as its tenant sees it. */
export const bookingLinkSchema = z
  .object({
    jti,
    purpose: purposeSchema,
    template_id: z.int(),
    client_id: z.int(),
    created_at: instant,
    expires_at: expiry,
    revoked_at: instant.nullable(),
    uses: z.int().meta({ description: 'How many bookings were made with it.' }),
    state: stateSchema,
  })
  .meta({ id: 'BookingLink', description: 'A booking link, without its token.' });

export const listBookingLinks = describeOperation({
  ...shared,
  id: 'listBookingLinks',
  method: 'get',
  path: '/booking/link',
  summary: 'The tenant’s booking links, newest first',
  description: EXPORT_IS_WHOLE,
  query: listLinksSchema,
  answers: {
    200: {
      description: 'A page of links.',
      body: envelopeOf(pageSchemaOf(bookingLinkSchema)),
      example: succeeded('Booking links', {
        items: [
          {
            jti: JTI,
            purpose: 'one-time-booking-link',
            template_id: 1,
            client_id: 123,
            created_at: '2024-01-15T19:30:00Z',
            expires_at: '2024-01-16T19:30:00Z',
            revoked_at: null,
            uses: 0,
            state: 'active',
          },
        ],
        next_cursor: null,
      }),
      otherTypes: CSV_TYPES,
      headers: EXPORT_HEADERS,
    },
  },
  refusals: [],
});

const revokedLink = z
  .object({
    jti,
    revoked_at: instant,
    state: z.enum(['confirmed', 'unconfirmed']).meta({
      description: 'Confirmed: no process of ours lets the link in any more.',
    }),
  })
  .meta({ id: 'RevokedBookingLink' });

const revoked = (state: z.input<typeof revokedLink>['state']) => ({
  body: envelopeOf(revokedLink),
  example: succeeded('Booking link revoked', { jti: JTI, revoked_at: '2024-01-15T20:00:00Z', state }),
});

export const revokeBookingLink = describeOperation({
  ...shared,
  id: 'revokeBookingLink',
  method: 'post',
  path: '/booking/link/revoke',
  summary: 'Revoke a booking link',
  description: 'A revoked link never comes back. A repeat tells the instant of the first revocation.',
  body: revokeLinkSchema,
  bodyLimit: '8kb',
  bodyExample: { jti: JTI },
  answers: {
    200: { description: 'Revoked, and confirmed everywhere.', ...revoked('confirmed') },
    202: { description: 'Revoked; not every process has confirmed it yet.', ...revoked('unconfirmed') },
  },
  refusals: ['not-found'],
});

/** The Booking Link API, for the documentation. */
export const bookingLinkOperations = [
  createBookingLink,
  listBookingLinks,
  revokeBookingLink,
] as const satisfies readonly AnyOperation[];
