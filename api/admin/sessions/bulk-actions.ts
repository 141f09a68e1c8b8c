import { fieldProblems } from '../../request-shape.ts';
import { reissueLink, restoreAccess, revokeAccess, revokeLink } from './access-actions.ts';
import { type Action, type ActionDependencies, type Outcome, perform } from './action.ts';
import type { ActionName } from './action-name.ts';
import {
  cancelSession,
  decideLateChange,
  grantCutoff,
  handOverSession,
  resendMail,
} from './course-actions.ts';
import { decideRefund } from './refund-action.ts';
import { retryStep, skipStep } from './step-actions.ts';

type Target = Parameters<typeof perform>[2];

/** An action whose arguments were read, ready for any number of sessions. */
export type Prepared =
  | { readonly ok: true; readonly run: (deps: ActionDependencies, target: Target) => Promise<Outcome> }
  /** What is wrong with the arguments. */
  | { readonly ok: false; readonly detail: string };

/** @param body what the action takes as its body when it is asked for alone. */
type Prepare = (body: unknown) => Prepared;

function prepare<Body extends { readonly reason?: string | undefined }>(action: Action<Body>): Prepare {
  return (given) => {
    const parsed = action.body.safeParse(given);
    if (!parsed.success) return { ok: false, detail: fieldProblems(parsed.error) };
    return { ok: true, run: (deps, target) => perform(deps, action, target, parsed.data) };
  };
}

/** Each but two: every client has an address of their own, and every session a time. */
export const bulkActions = {
  cancel: prepare(cancelSession),
  provider: prepare(handOverSession),
  'late-change/decide': prepare(decideLateChange),
  'refund/decision': prepare(decideRefund),
  cutoff: prepare(grantCutoff),
  'link/reissue': prepare(reissueLink),
  'link/revoke': prepare(revokeLink),
  'access/revoke': prepare(revokeAccess),
  'access/restore': prepare(restoreAccess),
  'mail/resend': prepare(resendMail),
  'steps/retry': prepare(retryStep),
  'steps/skip': prepare(skipStep),
} as const satisfies Readonly<Record<Exclude<ActionName, 'email' | 'reschedule'>, Prepare>>;

export type BulkActionName = keyof typeof bulkActions;
