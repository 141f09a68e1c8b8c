import type { EffectCall, TicketNote } from './effects.ts';
import type { EffectResult } from './events.ts';
import type { Gate, SessionRecord, TimelineEntry } from './session.ts';
import type { AppointmentUri, Instant, LinkId, Millis, Provider, SessionKey } from './values.ts';

/** Gate, record and timeline of a session as they are told to everyone else. */
export interface Publication {
  readonly sessionKey: SessionKey;
  readonly gate: Gate;
  readonly record: SessionRecord;
  readonly entries: readonly TimelineEntry[];
}

/** A link that is issued; `revokes` is the one that it takes the place of. */
export interface IssuedLink {
  readonly sessionKey: SessionKey;
  readonly linkId: LinkId;
  readonly revokes: LinkId | null;
}

/**
 * Writes to our own rows that ride along with a vendor's effect of the same decision: done first, in the same attempt, so
 * that they cost no activity of their own.
 */
export interface Riders {
  readonly link?: IssuedLink;
  readonly publication?: Publication;
}

/** Effects at vendors, which may carry riders. */
export type Carrier =
  | 'confirmPayment'
  | 'openTicket'
  | 'writeTicket'
  | 'remind'
  | 'deleteRoute'
  | 'makeBookingLink'
  | 'askProvider'
  | 'cancelAppointment'
  | 'moveAppointment'
  | 'handOver'
  | 'claimGrace'
  | 'refund';

/** The results of what rode along, beside that of the carrier. */
export type Carried<Result> = Result & { readonly riders?: readonly EffectResult[] };

type Carrying<Run> = Run extends (input: infer Input) => Promise<infer Result>
  ? (input: Input & { readonly riders?: Riders }) => Promise<Carried<Result>>
  : never;

/** The effects of a session as workflows call them. */
export type CarryingActivities = {
  [Name in keyof SessionActivities]: Name extends Carrier
    ? Carrying<SessionActivities[Name]>
    : SessionActivities[Name];
};

type ResultOf<Kind extends EffectCall['kind']> = Extract<EffectResult, { kind: Kind }>;

/**
 * Every effect a session may cause. Each is idempotent by the session's key and its own arguments, and throws
 * only `ApplicationFailure` whose `type` is a code of `platform/failures.ts`.
 */
export interface SessionActivities {
  /** Asks Saleor again whether the order is paid and not cancelled. */
  confirmPayment(input: { sessionKey: SessionKey }): Promise<ResultOf<'confirm-payment'>>;
  /** Records the link's claims; `revokes` is marked revoked in the same transaction. The token is never returned. */
  issueLink(input: IssuedLink): Promise<ResultOf<'issue-link'>>;
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
  publish(input: Publication): Promise<ResultOf<'publish'>>;
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
  /** Moves it by the provider's API and answers with it and what replaced it. A repeat finds what was moved. */
  moveAppointment(input: {
    sessionKey: SessionKey;
    appointment: AppointmentUri;
    startsAt: Instant;
  }): Promise<ResultOf<'move-appointment'>>;
  /** Names in the row with whom the session books from here on. A link of another provider's is forgotten. */
  handOver(input: {
    sessionKey: SessionKey;
    provider: Provider;
    eventType: string;
  }): Promise<ResultOf<'hand-over'>>;
  /** Takes the client's one grace for this late change. Asked again for the same one, the answer stays. */
  claimGrace(input: { sessionKey: SessionKey; lateChange: string }): Promise<ResultOf<'claim-grace'>>;
  /** Saleor's granted refund for this unit; safe to repeat. Above the limit only when `approved`. */
  refund(input: { sessionKey: SessionKey; approved: boolean }): Promise<ResultOf<'refund'>>;
}
