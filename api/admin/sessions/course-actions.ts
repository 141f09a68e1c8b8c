import { z } from 'zod';
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
