import { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import type { AppointmentOwner } from '../../../db/queries/appointments.ts';
import { type AuditEntry, writeAudit } from '../../../db/queries/audit.ts';
import { inboxRow, setDueAgain, setDueNow } from '../../../db/queries/inbox-list.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { BookingKey, SessionKey } from '../../../workflows/contract/values.ts';
import { actorOf, type Caller, callerOf } from '../../auth/caller.ts';
import { adopt, type AdoptionRefusal, examineAdoption } from '../../intake/adopt.ts';
import type { DeliveryDeps } from '../../intake/dependencies.ts';
import { problems } from '../../operations/family.ts';
import { describeOperation } from '../../operations/operation.ts';
import { refusal, reply, type Routes } from '../../operations/routes.ts';
import { vendorRefusals } from '../../operations/vendor-refusals.ts';
import { entryExample, entryJson, entrySchema } from './entry.ts';
import { inboxIdSchema } from './filter.ts';
import { ofInstallation } from '../installation/only-operators.ts';
import { PRUNED, reasonSchema } from './replay.ts';

export interface AdoptionDeps extends Pick<DeliveryDeps, 'referred' | 'scheduling'> {
  readonly db: Database;
  readonly clock: Clock;
  readonly defaultTenantId: number;
  /** A row is due: the sweep takes it up. Must return at once. */
  readonly onDue: () => void;
}

const keySchema = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
const sessionKeySchema = keySchema.transform((text) => text as SessionKey);
const bookingKeySchema = keySchema.transform((text) => text as BookingKey);

const adoptionSchema = z.union(
  [
    z.strictObject({ session_key: sessionKeySchema, reason: reasonSchema }),
    z.strictObject({ booking_id: bookingKeySchema, reason: reasonSchema }),
  ],
  'give either session_key or booking_id, each of 22 characters, and at most a reason',
);

export const adoptInboxOperation = describeOperation({
  id: 'adoptAppointment',
  method: 'post',
  path: '/api/v1/admin/inbox/{id}/adopt',
  tag: 'intake',
  summary: 'Give an appointment that fits nothing to a session or a booking',
  description:
    'Calendly is asked for the appointment first; the stored webhook only says which one it is. Then the webhook is ' +
    'delivered to its new owner. Repeating it changes nothing. Refused (409) with the reasons `no-appointment`, ' +
    '`unknown-appointment`, `appointment-of-another`, `reference-of-another` and `pruned`.',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  params: z.strictObject({ id: inboxIdSchema }),
  body: adoptionSchema,
  bodyExample: {
    session_key: 'abcdefghijklmnopqrstuv',
    reason: 'Booked by a link of ours that lost its reference.',
  },
  answers: {
    200: {
      description: 'It is the owner’s, and the webhook is due.',
      body: entrySchema,
      example: { ...entryExample, status: 'stored', reason: null, attempts: 0, settled_at: null },
    },
  },
  refusals: ['not-found', 'refused', 'session-over', ...vendorRefusals],
});

function ownerOf(body: z.output<typeof adoptionSchema>): AppointmentOwner {
  return 'session_key' in body
    ? { kind: 'session', key: body.session_key }
    : { kind: 'booking', key: body.booking_id };
}

const details: Readonly<Record<AdoptionRefusal, string>> = {
  'no-appointment': 'This webhook is not about an appointment.',
  'unknown-appointment': 'Calendly does not know this appointment.',
  'appointment-of-another': 'This appointment belongs to another session or booking.',
  'reference-of-another': 'This appointment was made with a link of another session or booking.',
};

/** Undoes the transaction of an adoption that came too late. */
class TakenMeanwhile extends Error {}

export function addAdoptionRoute(routes: Routes, deps: AdoptionDeps): void {
  const { db } = deps;

  routes.add(
    adoptInboxOperation,
    ofInstallation(deps.defaultTenantId, async ({ params, body, res }) => {
      const { id } = params;
      const row = await inboxRow(db, id);
      if (row === undefined) return refusal('not-found');
      if (row.pruned_at !== null) return refusal('refused', PRUNED);
      const owner = ownerOf(body);
      const audit = auditOf(callerOf(res), id, owner, body.reason);
      const at = new Date(deps.clock());
      const refuse = async (reason: AdoptionRefusal) => {
        await writeAudit(db, [audit('appointment.adopt-refused', reason, at)]);
        return refusal('refused', { reason, detail: details[reason] });
      };

      const adoption = await examineAdoption(row, owner, deps);
      switch (adoption.kind) {
        case 'unknown-owner':
          return refusal('not-found', {
            reason: `unknown-${owner.kind}`,
            detail: `There is no such ${owner.kind}.`,
          });
        case 'over':
          return refusal('session-over', { detail: `The ${owner.kind} is over.` });
        case 'refused':
          return refuse(adoption.reason);
        case 'adoptable':
          break;
      }
      try {
        await db.transaction().execute(async (trx) => {
          if (!(await adopt(trx, adoption.appointment, owner))) throw new TakenMeanwhile();
          await setDueAgain(trx, [id], at);
          await setDueNow(trx, id, at);
          await writeAudit(trx, [audit('appointment.adopted', null, at)]);
        });
      } catch (error) {
        if (error instanceof TakenMeanwhile) return refuse('appointment-of-another');
        throw error;
      }
      deps.onDue();
      return reply(200, entryJson((await inboxRow(db, id)) ?? row));
    }),
  );
}

function auditOf(caller: Caller, id: string, owner: AppointmentOwner, words: string | undefined) {
  return (action: string, reason: string | null, at: Date): AuditEntry => ({
    at,
    tenantId: caller.tenantId,
    actor: actorOf(caller),
    action,
    subject: `inbox:${id}`,
    reason,
    details: { [owner.kind]: owner.key, ...(words === undefined ? {} : { reason: words }) },
  });
}
