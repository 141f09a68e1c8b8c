import { sql } from 'kysely';
import type { BookingInput, BookingRecord } from '../../workflows/contract/booking.ts';
import type { BookingKey, Instant } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { BookingStatus, StartState } from '../tables.ts';

/** A visitor's booking with everything that is shown of it. */
export interface BookingRequest {
  readonly booking_key: BookingKey;
  readonly tenant_id: number;
  readonly workflow_id: string;
  readonly start_state: StartState;
  readonly first_name: string;
  readonly last_name: string;
  readonly company_name: string;
  readonly company_website: string;
  readonly position: string;
  readonly is_decision_maker: boolean;
  readonly email: string;
  readonly phone_code: string | null;
  readonly phone_number: string | null;
  readonly booking_url: string | null;
  readonly default_link_at: Date | null;
  readonly booked_by_default_link: boolean;
  readonly appointment_uri: string | null;
  readonly event_uri: string | null;
  readonly status: BookingStatus;
  readonly reason: BookingRecord['reason'];
  readonly cancel_reason: string | null;
  readonly starts_at: Date | null;
  readonly ends_at: Date | null;
  readonly no_show: boolean;
  readonly reschedules: number;
  readonly needs_attention: boolean;
  readonly meeting_notes: string | null;
  readonly is_read: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** `tracking.utm_campaign` of a visitor's links: tells by which of the two an appointment was booked. */
export const OWN_LINK = 'booking-link';
export const DEFAULT_LINK = 'default-link';

/**
 * Visitors' bookings that are not deleted, with the appointment that each has or last had. What a visitor always gives
 * is not null: the table's constraint sees to it.
 */
export function bookingRequests(db: Database) {
  return db
    .selectFrom('bookings')
    .leftJoin('appointments', 'appointments.uri', 'bookings.appointment_uri')
    .select((select) => [
      'bookings.booking_key',
      'bookings.tenant_id',
      'bookings.workflow_id',
      'bookings.start_state',
      select.ref('bookings.first_name').$notNull().as('first_name'),
      select.ref('bookings.last_name').$notNull().as('last_name'),
      select.ref('bookings.company_name').$notNull().as('company_name'),
      select.ref('bookings.company_website').$notNull().as('company_website'),
      select.ref('bookings.position').$notNull().as('position'),
      select.ref('bookings.is_decision_maker').$notNull().as('is_decision_maker'),
      select.ref('bookings.email').$notNull().as('email'),
      'bookings.phone_code',
      'bookings.phone_number',
      'bookings.booking_url',
      'bookings.default_link_at',
      'bookings.appointment_uri',
      'appointments.event_uri',
      sql<boolean>`exists (
      select from appointments as own
      where own.booking_key = bookings.booking_key and own.campaign = ${DEFAULT_LINK}
    )`.as('booked_by_default_link'),
      'bookings.status',
      sql<BookingRecord['reason']>`bookings.reason`.as('reason'),
      'bookings.cancel_reason',
      'bookings.starts_at',
      'bookings.ends_at',
      'bookings.no_show',
      'bookings.reschedules',
      'bookings.needs_attention',
      'bookings.meeting_notes',
      'bookings.is_read',
      'bookings.created_at',
      'bookings.updated_at',
    ])
    .where('bookings.kind', '=', 'request')
    .where('bookings.deleted_at', 'is', null);
}

/** @param tenantId null: whoever's it is; whoever knows its id was given it. */
export async function findBookingRequest(
  db: Database,
  key: BookingKey,
  tenantId: number | null,
): Promise<BookingRequest | undefined> {
  return bookingRequests(db)
    .where('bookings.booking_key', '=', key)
    .$if(tenantId !== null, (query) => query.where('bookings.tenant_id', '=', tenantId ?? 0))
    .executeTakeFirst();
}

/** A booking that a visitor asks for, as it is written. */
export interface WantedBooking {
  readonly visitor: {
    readonly firstName: string;
    readonly lastName: string;
    readonly companyName: string;
    readonly companyWebsite: string;
    readonly position: string;
    readonly isDecisionMaker: boolean;
    readonly email: string;
    readonly businessPhone: { readonly code: string; readonly number: string } | null;
  };
  readonly workflowId: string;
  readonly eventType: string;
  /** Frozen with the row. */
  readonly input: BookingInput;
}

/** Owes a workflow: the row is the visitor's booking and the intention to start its run, in one. */
export async function insertBookingRequest(trx: Database, wanted: WantedBooking): Promise<void> {
  const { visitor, input } = wanted;
  const at = new Date(input.requestedAt);
  await trx
    .insertInto('bookings')
    .values({
      booking_key: input.bookingKey,
      kind: 'request',
      link_id: null,
      nonce: null,
      tenant_id: input.tenantId,
      client_id: null,
      template_id: null,
      first_name: visitor.firstName,
      last_name: visitor.lastName,
      company_name: visitor.companyName,
      company_website: visitor.companyWebsite,
      position: visitor.position,
      is_decision_maker: visitor.isDecisionMaker,
      email: visitor.email,
      phone_code: visitor.businessPhone?.code ?? null,
      phone_number: visitor.businessPhone?.number ?? null,
      workflow_id: wanted.workflowId,
      intended_at: at,
      started_at: null,
      input: JSON.stringify(input),
      provider: input.provider,
      event_type: wanted.eventType,
      booking_url: null,
      reason: null,
      starts_at: null,
      ends_at: null,
      created_at: at,
      updated_at: at,
    })
    .execute();
}

/** Writes down that a visitor was handed the default link; nothing where the booking has its own by now. */
export async function markDefaultLinkGiven(db: Database, key: BookingKey, at: Instant): Promise<void> {
  await db
    .updateTable('bookings')
    .set({ default_link_at: new Date(at) })
    .where('booking_key', '=', key)
    .where('booking_url', 'is', null)
    .where('default_link_at', 'is', null)
    .execute();
}
