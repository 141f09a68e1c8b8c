// Runs inside the workflow bundle: tells the test what a run, live or replayed, schedules, answers and shows.
import { proxySinks, type Sinks, type WorkflowInterceptors } from '@temporalio/workflow';
import type { Rules } from '../../workflows/policy/rules.ts';
import type { RulesByVersion } from '../../workflows/session/session.ts';

export interface RecorderSinks extends Sinks {
  recorder: {
    activity(type: string, input: string): void;
    update(updateId: string, outcome: string): void;
    view(view: string): void;
  };
}

const recorder = () => proxySinks<RecorderSinks>().recorder;

export function interceptors(): WorkflowInterceptors {
  return {
    inbound: [
      {
        async handleUpdate(input, next) {
          const outcome = await next(input);
          recorder().update(input.updateId, JSON.stringify(outcome));
          return outcome;
        },
      },
    ],
    outbound: [
      {
        scheduleActivity(input, next) {
          recorder().activity(input.activityType, JSON.stringify(input.args));
          return next(input);
        },
      },
    ],
  };
}

function watched(rules: Rules): Rules {
  return {
    ...rules,
    decide(state, event, now) {
      const decision = rules.decide(state, event, now);
      recorder().view(JSON.stringify(rules.viewOf(decision.state)));
      return decision;
    },
  };
}

/** The same rules; the session's view after each decision is told to the recorder. */
export function recorded(rules: RulesByVersion): RulesByVersion {
  return { 1: watched(rules[1]) };
}
