import type { z } from 'zod';
import type { publicBookingSchema } from './model.ts';
import type { Visitor } from './visitor.ts';

/** For the documentation: the given model's own examples. */
export const exampleVisitor: Visitor = {
  firstName: 'John',
  lastName: 'Doe',
  companyName: 'Acme Corp',
  companyWebsite: 'https://acme.com',
  position: 'CEO',
  isDecisionMaker: true,
  email: 'john@acme.com',
  businessPhone: { code: '+1', number: '5551234567' },
};

const LINK =
  'https://calendly.com/d/abcd-efg-hij/meeting?utm_content=kQ3vYw0bTf6mJ8sLx2ZaRg.Zq1x8Lr0T5w&utm_campaign=booking-link' +
  '&name=John+Doe&email=john%40acme.com';

export const exampleBooking: z.input<typeof publicBookingSchema> = {
  _id: 'kQ3vYw0bTf6mJ8sLx2ZaRg',
  ...exampleVisitor,
  businessPhone: { code: '+1', number: '5551234567' },
  calendlyLink: LINK,
  calendlyEventUri: null,
  calendlyInviteeUri: null,
  status: 'pending',
  scheduledAt: null,
  createdAt: '2024-01-01T00:00:00.000Z',
  updatedAt: '2024-01-01T00:00:00.000Z',
};

export const exampleEventData = {
  eventUri: 'https://api.calendly.com/scheduled_events/event_id',
  inviteeUri: 'https://api.calendly.com/scheduled_events/event_id/invitees/invitee_id',
  scheduledAt: '2024-01-15T10:00:00.000Z',
} as const;

export const exampleScheduled: z.input<typeof publicBookingSchema> = {
  ...exampleBooking,
  calendlyEventUri: exampleEventData.eventUri,
  calendlyInviteeUri: exampleEventData.inviteeUri,
  status: 'scheduled',
  scheduledAt: exampleEventData.scheduledAt,
  updatedAt: '2024-01-02T09:30:00.000Z',
};
