import type { ActivateInput, WorkflowInterceptors } from '@temporalio/workflow';
import { TRACE_HEADER } from './contract/trace.ts';

type TraceInterceptors = Required<Pick<WorkflowInterceptors, 'inbound' | 'outbound'>>;
type Headers = Parameters<NonNullable<TraceInterceptors['inbound'][number]['execute']>>[0]['headers'];

/**
 * Hands the trace of the start, signal or Update that the run heard last on to its activities, untouched. What comes of a
 * timer names the message before it. Nothing is decided by it, so it is the same in every replay; and replay does not compare
 * headers, so that lives without one go on.
 */
function handTraceOn(): TraceInterceptors {
  let trace: Headers[string] | undefined;
  function hear<Input extends { readonly headers: Headers }>(input: Input): Input {
    trace = input.headers[TRACE_HEADER] ?? trace;
    return input;
  }
  function say<Input extends { readonly headers: Headers }>(input: Input): Input {
    if (trace === undefined) return input;
    return { ...input, headers: { ...input.headers, [TRACE_HEADER]: trace } };
  }
  return {
    inbound: [
      {
        execute: (input, next) => next(hear(input)),
        handleSignal: (input, next) => next(hear(input)),
        handleUpdate: (input, next) => next(hear(input)),
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(say(input)),
      },
    ],
  };
}

type Activation = ActivateInput['activation'];

interface Task {
  /** When it was started, to the nanosecond: no two tasks of a run share it. */
  readonly startedAt: string;
  /** The last event that it knows of. */
  readonly lastEvent: number;
}

function taskOf({ timestamp, historyLength }: Activation): Task {
  return {
    startedAt: `${timestamp?.seconds}.${timestamp?.nanos}`,
    lastEvent: Number(historyLength),
  };
}

const isOnlyAsked = ({ jobs }: Activation): boolean =>
  (jobs ?? []).every(({ queryWorkflow }) => queryWorkflow !== null && queryWorkflow !== undefined);

/**
 * Refuses to live through events before their workflow task was started.
 *
 * A query that waited for a worker brings the history as it is when it is handed out, and with it timers and activities
 * that are over but whose task is still to come. The SDK (1.24) applies them at once, at the time of the task before, and
 * the server writes down what was decided then. No replay decides the same, so the run would be stuck in the next worker.
 * Such an activation knows of more events than the one before, and of no newer task. It is failed here: then the query
 * fails, the run leaves the cache, and its task finds it as it was.
 */
export const interceptors = (): WorkflowInterceptors => {
  let before: Task | undefined;
  return {
    ...handTraceOn(),
    internals: [
      {
        activate(input, next) {
          const { activation, batchIndex } = input;
          if (batchIndex === 0 && !isOnlyAsked(activation)) {
            const task = taskOf(activation);
            const isAhead = task.startedAt === before?.startedAt && task.lastEvent > before.lastEvent;
            if (isAhead && !activation.isReplaying)
              throw new Error('the history of this query is ahead of the workflow task');
            before = task;
          }
          next(input);
        },
      },
    ],
  };
};
