import { z } from 'zod';
import type { Instant } from '../../../workflows/contract/values.ts';
import { refusal } from '../../operations/routes.ts';
import { textSchema } from '../../request-shape.ts';
import type { Action } from './action.ts';
import { durationSchema, NOT_AN_OBJECT, type PlainBody, plainBody, reasonSchema } from './fields.ts';
import { type Ends, updateSession } from './update.ts';

const cancelEnds: Ends = {
  done: 'session.cancelled',
  refused: 'session.cancel-refused',
  unknown: 'session.cancel-unknown',
};

const cancelBody = z.strictObject(
  {
    refund: z
      .enum(['policy', 'full', 'none'], { error: 'must be policy, full or none' })
      .default('policy')
      .meta({ description: '`policy`: what was sold; nothing after the cutoff.' }),
    reason: reasonSchema,
  },
  NOT_AN_OBJECT,
);

export const cancelSession: Action<z.output<typeof cancelBody>> = {
  name: 'cancel',
  operationId: 'cancelSession',
  summary: 'Cancel a session, with or without a refund',
  description: 'Its gate is shut when this is answered. Its appointment is cancelled at the provider.',
  body: cancelBody.prefault({}),
  bodyExample: { refund: 'full', reason: 'The host is ill' },
  doneAs: cancelEnds.done,
  afterTheEnd: false,
  act: (deps, asked, { refund }) =>
    updateSession(deps, asked, {
      name: 'cancel',
      argument: { by: 'operator', refund },
      ends: cancelEnds,
      details: { refund },
    }),
};

const rescheduleEnds: Ends = {
  done: 'session.rescheduled',
  refused: 'session.reschedule-refused',
  unknown: 'session.reschedule-unknown',
};

const rescheduleBody = z.strictObject(
  {
    starts_at: z.iso
      .datetime({ offset: true, error: 'must be a date and time of RFC 3339' })
      .transform((text) => Date.parse(text) as Instant)
      .meta({ description: 'When it is to begin.' }),
    reason: reasonSchema,
  },
  NOT_AN_OBJECT,
);

export const rescheduleSession: Action<z.output<typeof rescheduleBody>> = {
  name: 'reschedule',
  operationId: 'rescheduleSession',
  summary: 'Move a session to another time',
  description:
    'Before its cutoff, and only where the provider’s API moves appointments (Cal.com); elsewhere it is refused as ' +
    '`not-movable`. When this is answered the provider is being asked; what it answers is in the session’s timeline, ' +
    'and is mailed to the client.',
  body: rescheduleBody,
  bodyExample: { starts_at: '2026-12-11T09:00:00Z', reason: 'The room is taken' },
  doneAs: rescheduleEnds.done,
  afterTheEnd: false,
  act: (deps, asked, { starts_at: startsAt }) =>
    updateSession(deps, asked, {
      name: 'reschedule',
      argument: { by: 'operator', startsAt },
      ends: rescheduleEnds,
      details: { startsAt: new Date(startsAt).toISOString() },
    }),
};

const handOverEnds: Ends = {
  done: 'session.handed-over',
  refused: 'session.hand-over-refused',
  unknown: 'session.hand-over-unknown',
};

const providerBody = z.strictObject(
  {
    provider: z.enum(['calendly', 'calcom'], { error: 'must be calendly or calcom' }),
    event_type: textSchema(200).meta({
      description: 'The provider’s id of the event type that is booked from here on.',
    }),
    reason: reasonSchema,
  },
  NOT_AN_OBJECT,
);

export const handOverSession: Action<z.output<typeof providerBody>> = {
  name: 'provider',
  operationId: 'handOverSession',
  summary: 'Book a session with another provider from here on',
  description:
    'Its next link is made there. An appointment that it has goes on standing: the client is asked by mail to book ' +
    'anew, for which the cutoff does not matter, and as soon as there is the new appointment the old one is cancelled. ' +
    'A provider that is not set up is refused.',
  body: providerBody,
  bodyExample: { provider: 'calcom', event_type: '7', reason: 'We move to Cal.com' },
  doneAs: handOverEnds.done,
  afterTheEnd: false,
  async act(deps, asked, { provider, event_type: eventType }) {
    if (!deps.providers.includes(provider))
      return refusal('invalid-request', { detail: 'provider: is not set up' });
    return updateSession(deps, asked, {
      name: 'handOver',
      argument: { provider, eventType },
      ends: handOverEnds,
      details: { provider },
    });
  },
};

const lateEnds: Ends = {
  done: 'late-change.decided',
  refused: 'late-change.decide-refused',
  unknown: 'late-change.decide-unknown',
};

const lateBody = z.strictObject(
  { approve: z.boolean('must be true or false'), reason: reasonSchema },
  NOT_AN_OBJECT,
);

export const decideLateChange: Action<z.output<typeof lateBody>> = {
  name: 'late-change/decide',
  operationId: 'decideLateChange',
  summary: 'Approve or decline a late change',
  body: lateBody,
  bodyExample: { approve: true },
  doneAs: lateEnds.done,
  afterTheEnd: false,
  act: (deps, asked, { approve }) =>
    updateSession(deps, asked, {
      name: 'decideLateChange',
      argument: { by: 'operator', approve },
      ends: lateEnds,
      details: { decision: approve ? 'approved' : 'declined' },
    }),
};

const cutoffEnds: Ends = {
  done: 'cutoff.granted',
  refused: 'cutoff.grant-refused',
  unknown: 'cutoff.grant-unknown',
};

const cutoffBody = z.strictObject(
  {
    cutoff: durationSchema.meta({ description: 'How long before its start the session is locked.' }),
    reason: reasonSchema,
  },
  NOT_AN_OBJECT,
);

export const grantCutoff: Action<z.output<typeof cutoffBody>> = {
  name: 'cutoff',
  operationId: 'grantCutoff',
  summary: 'Grant a session another cutoff, once',
  description: 'A second grant is refused as `already-granted`. One that was refused does not count.',
  body: cutoffBody,
  bodyExample: { cutoff: 'PT2H', reason: 'Asked for by phone' },
  doneAs: cutoffEnds.done,
  afterTheEnd: false,
  act: (deps, asked, { cutoff }) =>
    updateSession(deps, asked, {
      name: 'moveCutoff',
      argument: { cutoffMs: cutoff },
      ends: cutoffEnds,
      details: { cutoffMs: String(cutoff) },
    }),
};

const mailEnds: Ends = {
  done: 'link.mailed-again',
  refused: 'link.mail-refused',
  unknown: 'link.mail-unknown',
};

export const resendMail: Action<PlainBody> = {
  name: 'mail/resend',
  operationId: 'resendSessionMail',
  summary: 'Mail the link once more',
  description: 'The same link to the same address. `link/reissue` makes a new one.',
  body: plainBody,
  bodyExample: { reason: 'Lost in the spam folder' },
  doneAs: mailEnds.done,
  afterTheEnd: false,
  act: (deps, asked) => updateSession(deps, asked, { name: 'resendLink', argument: {}, ends: mailEnds }),
};
