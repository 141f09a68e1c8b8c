import { z } from 'zod';

const LONGEST_URI = 500;

const uri = (pattern: RegExp, what: string) =>
  z
    .string()
    .max(LONGEST_URI)
    .regex(pattern, `must be the address of ${what} in Calendly’s API`)
    .meta({ format: 'uri' });

/** The appointment that a change of status is about, as Calendly's webhooks name it. */
const eventDataSchema = z
  .strictObject({
    inviteeUri: uri(/^https?:\/\/[^\s/?#@]+\/scheduled_events\/[\w-]+\/invitees\/[\w-]+$/, 'an invitee'),
    eventUri: uri(/^https?:\/\/[^\s/?#@]+\/scheduled_events\/[\w-]+$/, 'an event').optional(),
    scheduledAt: z.iso.datetime({ offset: true, error: 'must be a time of RFC 3339' }).optional(),
  })
  .meta({
    id: 'EventData',
    description:
      'Names the appointment. Only its address is believed: everything else is asked of Calendly, and what is said ' +
      'of it here must agree.',
  });

export type EventData = z.output<typeof eventDataSchema>;

/** What the status becomes; to be scheduled takes an appointment. */
export const statusChangeSchema = z
  .discriminatedUnion('status', [
    z.strictObject({ status: z.literal('scheduled'), eventData: eventDataSchema }),
    z.strictObject({
      status: z.enum(['pending', 'completed', 'cancelled']),
      eventData: eventDataSchema.optional(),
    }),
  ])
  .meta({ id: 'StatusChange' });

export type StatusChange = z.output<typeof statusChangeSchema>;
