import type { EffectCall, TicketNote } from './effects.ts';
import type { EffectResult } from './events.ts';
import type { Gate, SessionRecord, TimelineEntry } from './session.ts';
import type { AppointmentUri, Instant, LinkId, Millis, SessionKey } from './values.ts';

type ResultOf<Kind extends EffectCall['kind']> = Extract<EffectResult, { kind: Kind }>;

/**
 * Every effect a session may cause. Each is idempotent by the session's key and its own arguments, and throws
 * only `ApplicationFailure` whose `type` is a code of `platform/failures.ts`.
 */
export interface SessionActivities {
  /** Asks Saleor again whether the order is paid and not cancelled. */
  confirmPayment(input: { sessionKey: SessionKey }): Promise<ResultOf<'confirm-payment'>>;
  /** Records the link's claims; `revokes` is marked revoked in the same transaction. The token is never returned. */
  issueLink(input: {
    sessionKey: SessionKey;
    linkId: LinkId;
    revokes: LinkId | null;
  }): Promise<ResultOf<'issue-link'>>;
  /** Looks the ticket up by session key, else creates it under its own number. */
  openTicket(input: {
    sessionKey: SessionKey;
    rev: number;
    status: string;
  }): Promise<ResultOf<'open-ticket'>>;
  writeTicket(input: { sessionKey: SessionKey; note: TicketNote }): Promise<ResultOf<'write-ticket'>>;
  remind(input: {
    sessionKey: SessionKey;
    appointment: AppointmentUri | null;
    startsAt: Instant;
    beforeMs: Millis;
    note: TicketNote;
  }): Promise<ResultOf<'remind'>>;
  /** PUTs the session's route with a lease that outlives `until`, and waits until the URL answers. */
  putRoute(input: { sessionKey: SessionKey; until: Instant }): Promise<ResultOf<'put-route'>>;
  deleteRoute(input: { sessionKey: SessionKey }): Promise<ResultOf<'delete-route'>>;
  /** Gate, record and timeline in one transaction, strictly greater versions only, with a NOTIFY of the gate. */
  publish(input: {
    sessionKey: SessionKey;
    gate: Gate;
    record: SessionRecord;
    entries: readonly TimelineEntry[];
  }): Promise<ResultOf<'publish'>>;
  /** Makes the single-use scheduling link and stores it for the session's page. */
  makeBookingLink(input: { sessionKey: SessionKey }): Promise<ResultOf<'make-booking-link'>>;
  /** With an appointment: that one and what replaced it. With null: a search by the session's signed reference. */
  askProvider(input: {
    sessionKey: SessionKey;
    appointment: AppointmentUri | null;
  }): Promise<ResultOf<'ask-provider'>>;
  cancelAppointment(input: {
    sessionKey: SessionKey;
    appointment: AppointmentUri;
  }): Promise<ResultOf<'cancel-appointment'>>;
  /** Takes the client's one grace for this late change. Asked again for the same one, the answer stays. */
  claimGrace(input: { sessionKey: SessionKey; lateChange: string }): Promise<ResultOf<'claim-grace'>>;
  /** Saleor's granted refund for this unit; safe to repeat. Above the limit only when `approved`. */
  refund(input: { sessionKey: SessionKey; approved: boolean }): Promise<ResultOf<'refund'>>;
}
