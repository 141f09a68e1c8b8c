import { z } from 'zod';
import type { LinkId } from '../../workflows/contract/values.ts';
import { cursorSchema, limitSchema } from '../admin/paging.ts';
import { idSchema, idTextSchema } from '../request-shape.ts';

export const BODY_MESSAGE = 'the body must be a JSON object';
const PURPOSE_MESSAGE = 'must be "one-time-booking-link" or "permanent-booking-link"';
/** Year 9999: the last instant that every reader of a timestamp agrees on. */
const LAST_INSTANT = 253_402_300_799_000;
const LONGEST_TOKEN = 2048;
const ANY_LINK_ID = /^[A-Za-z0-9_-]{22}(-[1-9]\d{0,8})?$/;

const linkIdSchema = z
  .string('must be the jti of a link')
  .regex(ANY_LINK_ID, 'must be the jti of a link')
  .transform((text) => text as LinkId);

/** A token of ours, as far as its length tells. */
export const linkTokenSchema = z
  .string('must be a token')
  .min(1, 'must be a token')
  .max(LONGEST_TOKEN, 'is too long');

export const purposeSchema = z
  .enum(['one-time-booking-link', 'permanent-booking-link'], PURPOSE_MESSAGE)
  .meta({
    id: 'BookingLinkPurpose',
    description:
      'A one-time link is good for 24 hours and one booking; a permanent one has no expiry and any number of bookings.',
  });

export const stateSchema = z
  .enum(['active', 'revoked', 'expired', 'spent'], 'must be active, revoked, expired or spent')
  .meta({ id: 'BookingLinkState', description: 'The first that fits of: revoked, spent, expired, active.' });

/** `POST /booking/link`. */
export const createLinkSchema = z
  .strictObject(
    {
      template_id: idSchema.meta({ description: 'The booking template to use.' }),
      client_id: idSchema.meta({ description: 'The client who will use the link.' }),
      token_purpose: purposeSchema,
    },
    BODY_MESSAGE,
  )
  .meta({ id: 'CreateBookingLink' });

/** `POST /booking/link/revoke`: one of the two. */
export const revokeLinkSchema = z
  .strictObject(
    {
      token: linkTokenSchema.optional().meta({ description: 'The link’s token, whatever its age.' }),
      jti: linkIdSchema.optional().meta({ description: 'The `jti` of its claims.' }),
    },
    BODY_MESSAGE,
  )
  .refine((body) => (body.token === undefined) !== (body.jti === undefined), 'send either token or jti')
  .meta({
    id: 'RevokeBookingLink',
    description: 'Either `token` or `jti`.',
    // What the refinement says, for who reads the schema alone.
    oneOf: [{ required: ['token'] }, { required: ['jti'] }],
  });

/** `GET /booking/link`. */
export const listLinksSchema = z.strictObject({
  limit: limitSchema,
  cursor: cursorSchema(z.tuple([z.int().min(0).max(LAST_INSTANT), linkIdSchema])).optional(),
  template_id: idTextSchema.optional().meta({ description: 'Only links of this booking template.' }),
  client_id: idTextSchema.optional().meta({ description: 'Only links of this client.' }),
  state: stateSchema.optional(),
});
