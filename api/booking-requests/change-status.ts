import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/connect.ts';
import { appointmentRow, recordAppointment } from '../../db/queries/appointments.ts';
import { writeAudit } from '../../db/queries/audit.ts';
import { type BookingRequest, findBookingRequest } from '../../db/queries/booking-requests.ts';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import { toAppointmentTruth } from '../../integrations/scheduling/truth.ts';
import type { Clock } from '../../platform/clock.ts';
import type { BookingKey } from '../../workflows/contract/values.ts';
import { askRun, ensureStarted, recordedAs, refusalOf } from '../booking/ask-run.ts';
import { actorOf, type Caller, callerIfAny } from '../auth/caller.ts';
import type { BookingRuns } from '../booking/starts.ts';
import { fromStore } from '../booking/stored.ts';
import { updateIdOf } from '../gate/engine.ts';
import type { IntakeLog } from '../intake/log.ts';
import { refusal, type Refusal, reply, type Routes } from '../operations/routes.ts';
import { isSignedByCalendly } from '../webhooks/calendly-signature.ts';
import type { StatusChange } from './event-data.ts';
import { succeeded } from './family.ts';
import { toPublicBooking } from './model.ts';
import { namedAppointment, type NamedAppointmentDeps } from './named-appointment.ts';
import { CHANGED_MESSAGE, changeStatusOperation } from './operations.ts';
import { type DefaultLinkSettings, defaultLinkOf } from './visitor-link.ts';

export interface ChangeStatusDeps extends DefaultLinkSettings, NamedAppointmentDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: IntakeLog;
  readonly runs: Pick<BookingRuns, 'start' | 'update'>;
  /** The signing key that we chose for our subscription. */
  readonly calendlySecret: string;
  /** Where Calendly's API is, if it is configured; the addresses of its appointments begin with its origin. */
  readonly calendlyApiUrl: string | null;
}

const NAME_IT = 'eventData: a request without a bearer token must name the appointment';

/** `PATCH /api/v1/public/booking/:id/status`: an automation tells what became of a booking; its run decides. */
export function addChangeStatus(routes: Routes, deps: ChangeStatusDeps): void {
  const { db, clock } = deps;
  const calendlyOrigin = deps.calendlyApiUrl === null ? null : new URL(deps.calendlyApiUrl).origin;

  async function audit(
    row: BookingRequest,
    caller: Caller | null,
    status: StatusChange['status'],
    refused: Refusal | null,
  ): Promise<void> {
    await writeAudit(db, [
      {
        at: new Date(clock()),
        tenantId: row.tenant_id,
        actor: caller === null ? 'calendly' : actorOf(caller),
        action: refused === null ? 'booking.status' : 'booking.status-refused',
        subject: row.booking_key,
        reason: refused === null ? null : (refused.more.reason ?? refused.code),
        details: { status },
      },
    ]);
  }

  /** The appointment that the request names, or null where it names none. */
  async function appointmentOf(
    row: BookingRequest,
    { status, eventData }: StatusChange,
    caller: Caller | null,
  ): Promise<{ readonly appointment: ProviderAppointment | null } | { readonly refused: Refusal }> {
    if (eventData === undefined)
      return caller === null
        ? { refused: refusal('invalid-request', { detail: NAME_IT }) }
        : { appointment: null };
    if (new URL(eventData.inviteeUri).origin !== calendlyOrigin)
      return {
        refused: refusal('invalid-request', {
          detail: 'eventData.inviteeUri: is not an address of Calendly’s API',
        }),
      };
    const named = await namedAppointment(deps, row.booking_key, eventData, caller === null);
    if (named.kind === 'refused') {
      const refused = refusal('refused', { reason: named.reason });
      await fromStore(audit(row, caller, status, refused));
      return { refused };
    }
    return { appointment: named.appointment };
  }

  /**
   * Waits until the row tells what the run has answered, and keeps the appointment that the booking has been given.
   * Only now: one that the run would not have must not make the booking look booked.
   */
  async function keep(
    { booking_key: key, tenant_id: tenantId }: BookingRequest,
    status: StatusChange['status'],
    appointment: ProviderAppointment | null,
  ): Promise<Refusal | null> {
    const recorded = await fromStore(recordedAs(db, { tenantId, key }, status));
    if (status !== 'scheduled' || appointment === null) return null;
    // It was scheduled before, by another one: the run has changed nothing.
    if (recorded?.appointment_uri !== appointment.uri)
      return refusal('refused', { reason: 'other-appointment' });
    await fromStore(recordAppointment(db, appointmentRow({ kind: 'booking', key }, appointment)));
    return null;
  }

  routes.add(
    changeStatusOperation,
    async ({ params, headers, body, res }) => {
      const caller = callerIfAny(res);
      const row = await fromStore(
        findBookingRequest(db, params.id as BookingKey, caller === null ? null : caller.tenantId),
      );
      if (row === undefined) return refusal('not-found');
      const named = await appointmentOf(row, body, caller);
      if ('refused' in named) return named.refused;
      const { appointment } = named;
      const { booking_key: key, tenant_id: tenantId } = row;
      await ensureStarted(row, deps);
      const answer = await askRun(
        deps.runs,
        row.workflow_id,
        'changeStatus',
        { status: body.status, appointment: appointment === null ? null : toAppointmentTruth(appointment) },
        // Without a key each request is one of its own: what was impossible yesterday may be possible today.
        updateIdOf(key, `status:${JSON.stringify(body)}`, headers['idempotency-key'] ?? randomUUID()),
      );
      const refused = refusalOf(answer) ?? (await keep(row, body.status, appointment));
      await fromStore(audit(row, caller, body.status, refused));
      if (refused !== null) return refused;
      const changed = await fromStore(findBookingRequest(db, key, tenantId));
      if (changed === undefined) return refusal('not-found');
      const booking = toPublicBooking(changed, defaultLinkOf(changed, deps));
      return reply(200, succeeded(CHANGED_MESSAGE, { booking }));
    },
    (req, bytes) => isSignedByCalendly(req, bytes, deps),
  );
}
