import { ApplicationFailure, defineQuery, defineSignal } from '@temporalio/workflow';
import type { RequestEvent } from '../contract/events.ts';
import {
  GATE_QUERY,
  OUTSIDE_EVENTS,
  type OutsideEventsArgs,
  RETRY_FAILED_STEPS,
  SESSION_QUERY,
  type SessionUpdates,
} from '../contract/messages.ts';
import type { Gate, SessionView } from '../contract/session.ts';
import type { Actor, Provider } from '../contract/values.ts';

export const outsideEventsSignal = defineSignal<OutsideEventsArgs>(OUTSIDE_EVENTS);
export const retryFailedStepsSignal = defineSignal(RETRY_FAILED_STEPS);
export const gateQuery = defineQuery<Gate>(GATE_QUERY);
export const sessionQuery = defineQuery<SessionView>(SESSION_QUERY);

export type UpdateName = keyof SessionUpdates;

export interface Request<Argument> {
  readonly description: string;
  /** What is malformed, or null. Says nothing about the rules: those are the core's. */
  readonly problem: (argument: Argument) => string | null;
  readonly event: (argument: Argument) => RequestEvent;
}

const ACTORS: ReadonlySet<unknown> = new Set<Actor>([
  'client',
  'agent',
  'operator',
  'host',
  'shop',
  'system',
]);
const PROVIDERS: ReadonlySet<unknown> = new Set<Provider>(['calendly', 'calcom']);
const REFUNDS: ReadonlySet<unknown> = new Set(['policy', 'full', 'none']);

/** A message comes from outside the type system, whatever its type says. */
function first(problems: Readonly<Record<string, boolean>>): string | null {
  return Object.keys(problems).find((problem) => problems[problem]) ?? null;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

const actorProblem = (by: unknown) => ({ 'by: not an actor': !ACTORS.has(by) });
const none = () => null;

/** Each Update: its form, and the event that the core decides. */
export const requests: { readonly [Name in UpdateName]: Request<SessionUpdates[Name]> } = {
  reschedule: {
    description: 'Choose another time. Allowed before the cutoff.',
    problem: ({ by, startsAt }) =>
      first({
        ...actorProblem(by),
        'startsAt: not whole milliseconds': startsAt !== undefined && !isWhole(startsAt),
      }),
    event: ({ by, startsAt }) => ({
      type: 'request.reschedule',
      by,
      ...(startsAt !== undefined && { startsAt }),
    }),
  },
  cancel: {
    description: 'Cancel the session.',
    problem: ({ by, refund }) =>
      first({ ...actorProblem(by), 'refund: not policy, full or none': !REFUNDS.has(refund) }),
    event: ({ by, refund }) => ({ type: 'request.cancel', by, refund }),
  },
  requestLateChange: {
    description: 'Ask for another time after the cutoff; a person decides.',
    problem: ({ by }) => first(actorProblem(by)),
    event: ({ by }) => ({ type: 'request.late-change', by }),
  },
  decideLateChange: {
    description: 'Approve or decline the late change.',
    problem: ({ by, approve }) =>
      first({ ...actorProblem(by), 'approve: not a boolean': typeof approve !== 'boolean' }),
    event: ({ by, approve }) => ({ type: 'operator.decide-late-change', by, approve }),
  },
  decideRefund: {
    description: 'Approve or decline a refund above the limit.',
    problem: ({ approve }) => first({ 'approve: not a boolean': typeof approve !== 'boolean' }),
    event: ({ approve }) => ({ type: 'operator.decide-refund', approve }),
  },
  moveCutoff: {
    description: "Set this session's cutoff, in milliseconds before its start. Once.",
    problem: ({ cutoffMs }) => first({ 'cutoffMs: not whole milliseconds': !isWhole(cutoffMs) }),
    event: ({ cutoffMs }) => ({ type: 'operator.move-cutoff', cutoffMs }),
  },
  handOver: {
    description: 'Book with another provider from here on.',
    problem: ({ provider, eventType }) =>
      first({
        'provider: not a provider': !PROVIDERS.has(provider),
        'eventType: not a text': !isText(eventType),
      }),
    event: ({ provider, eventType }) => ({ type: 'operator.hand-over', provider, eventType }),
  },
  correctEmail: {
    description: 'The e-mail address was corrected in the records; send the link again.',
    problem: none,
    event: () => ({ type: 'operator.correct-email' }),
  },
  reissueLink: {
    description: 'Issue a new link and revoke the old one.',
    problem: none,
    event: () => ({ type: 'operator.reissue-link' }),
  },
  resendLink: {
    description: 'Mail the link that is good once more.',
    problem: none,
    event: () => ({ type: 'operator.resend-link' }),
  },
  revokeLink: {
    description: 'Revoke the link.',
    problem: ({ linkId }) => first({ 'linkId: not a text': !isText(linkId) }),
    event: ({ linkId }) => ({ type: 'operator.revoke-link', linkId }),
  },
  revokeAccess: {
    description: 'Shut every door of this session.',
    problem: none,
    event: () => ({ type: 'operator.revoke-access' }),
  },
  restoreAccess: {
    description: 'Open the doors again, with a new link.',
    problem: none,
    event: () => ({ type: 'operator.restore-access' }),
  },
  retryStep: {
    description: 'Repeat a failed step.',
    problem: ({ step }) => first({ 'step: not a text': !isText(step) }),
    event: ({ step }) => ({ type: 'operator.retry', step }),
  },
  skipStep: {
    description: 'Go on without a failed step.',
    problem: ({ step }) => first({ 'step: not a text': !isText(step) }),
    event: ({ step }) => ({ type: 'operator.skip', step }),
  },
  adoptRules: {
    description: 'Move this session to another version of the rules.',
    problem: ({ rulesVersion }) => first({ 'rulesVersion: not a whole number': !isWhole(rulesVersion) }),
    event: ({ rulesVersion }) => ({ type: 'operator.adopt-rules', rulesVersion }),
  },
};

/** Refuses malformed input before it is written to the history. Synchronous and pure. */
export function validate<Argument>(request: Request<Argument>, argument: Argument): void {
  const problem =
    typeof argument === 'object' && argument !== null ? request.problem(argument) : 'not an object';
  if (problem === null) return;
  throw ApplicationFailure.create({ type: 'invalid-request', message: problem, nonRetryable: true });
}
