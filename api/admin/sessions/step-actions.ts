import { z } from 'zod';
import { doneByRequest } from '../../../db/queries/session-access.ts';
import type { StepId } from '../../../workflows/contract/values.ts';
import { updateIdOf } from '../../gate/engine.ts';
import { type Refusal, refusal } from '../../operations/routes.ts';
import { type Action, type ActionDependencies, type Asked, done, type Outcome } from './action.ts';
import { NOT_AN_OBJECT, reasonSchema } from './fields.ts';
import { type Ends, updateSession } from './update.ts';

const STEP_MESSAGE = 'must be the id of a step, or its part before the colon';

const retryEnds: Ends = {
  done: 'step.retried',
  refused: 'step.retry-refused',
  unknown: 'step.retry-unknown',
};

const skipEnds: Ends = { done: 'step.skipped', refused: 'step.skip-refused', unknown: 'step.skip-unknown' };

const stepBody = z.strictObject(
  {
    step: z
      .string(STEP_MESSAGE)
      .regex(/^[\x21-\x7e]{1,500}$/, STEP_MESSAGE)
      .meta({
        description:
          'As the session’s `attention` names it. `write-ticket` stands for every failed step `write-ticket:…`.',
      }),
    reason: reasonSchema,
  },
  NOT_AN_OBJECT,
);
type StepBody = z.output<typeof stepBody>;

/** The failed steps that are meant. */
async function failedSteps(
  { engine }: ActionDependencies,
  { session }: Asked,
  meant: string,
): Promise<readonly StepId[] | Refusal> {
  const answer = await engine.view(session.sessionKey);
  switch (answer.kind) {
    case 'answer':
      return answer.value.attention.flatMap(({ step }) =>
        step !== null && (step === meant || step.startsWith(`${meant}:`)) ? [step as StepId] : [],
      );
    case 'unavailable':
      return refusal('engine-unavailable');
    case 'not-found':
    case 'ended-uncleanly':
      return [];
  }
}

/** Each step gets an Update of its own. The first that is not carried out is what is answered. */
async function updateSteps(
  deps: ActionDependencies,
  asked: Asked,
  name: 'retryStep' | 'skipStep',
  meant: string,
): Promise<Outcome> {
  const { sessionKey } = asked.session;
  const ends = name === 'retryStep' ? retryEnds : skipEnds;
  const failed = await failedSteps(deps, asked, meant);
  if ('kind' in failed) return failed;
  // What a repeat is about has been seen to, and is not there any more.
  if (failed.length === 0 && (await doneByRequest(deps.db, sessionKey, ends.done, asked.requestId)))
    return done;
  // The workflow knows why there is no such step; and a fact to be noted is skipped by its code.
  for (const step of failed.length === 0 ? [meant as StepId] : failed) {
    const outcome = await updateSession(deps, asked, {
      name,
      argument: { step },
      ends,
      details: { step },
      updateId: updateIdOf(sessionKey, step, asked.requestId),
    });
    if (outcome.kind === 'refusal') return outcome;
  }
  return done;
}

export const retryStep: Action<StepBody> = {
  name: 'steps/retry',
  operationId: 'retrySessionStep',
  summary: 'Repeat a failed step',
  body: stepBody,
  bodyExample: { step: 'open-ticket' },
  doneAs: retryEnds.done,
  afterTheEnd: true,
  act: (deps, asked, { step }) => updateSteps(deps, asked, 'retryStep', step),
};

export const skipStep: Action<StepBody> = {
  name: 'steps/skip',
  operationId: 'skipSessionStep',
  summary: 'Go on without a failed step, or take note of a fact',
  description: 'A fact that needs attention and is no step is named by its code, e.g. `start-in-the-past`.',
  body: stepBody,
  bodyExample: { step: 'refund', reason: 'Refunded by bank transfer' },
  doneAs: skipEnds.done,
  afterTheEnd: true,
  act: (deps, asked, { step }) => updateSteps(deps, asked, 'skipStep', step),
};
