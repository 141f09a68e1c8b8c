import type { Context } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { type Cause, causeWritten } from '../platform/tracing/cause.ts';
import { inSpan } from '../platform/tracing/in-span.ts';
import { TRACE_HEADER } from '../workflows/contract/trace.ts';

type Payload = Parameters<typeof defaultPayloadConverter.fromPayload>[0];

/** What the header says; one that cannot be read is none: an activity never fails by its trace. */
function causeIn(payload: Payload | undefined, now: number): Cause {
  if (payload === undefined) return { kind: 'none' };
  try {
    const read: unknown = defaultPayloadConverter.fromPayload(payload);
    if (typeof read !== 'object' || read === null) return { kind: 'none' };
    const { traceparent, at } = { traceparent: null, at: null, ...read };
    if (typeof traceparent !== 'string' || typeof at !== 'number') return { kind: 'none' };
    return causeWritten(traceparent, at, now);
  } catch {
    return { kind: 'none' };
  }
}

/** A span for each attempt of an activity. */
export function traceActivity({ info }: Context): ActivityInterceptors {
  return {
    inbound: {
      execute(input, next) {
        const attributes = {
          'temporal.activity.type': info.activityType,
          'temporal.activity.attempt': info.attempt,
          ...(info.workflowType === undefined ? {} : { 'temporal.workflow.type': info.workflowType }),
          ...(info.workflowExecution === undefined
            ? {}
            : {
                'temporal.workflow.id': info.workflowExecution.workflowId,
                'temporal.run.id': info.workflowExecution.runId,
              }),
        };
        const cause = causeIn(input.headers[TRACE_HEADER], Date.now());
        return inSpan('activity', `activity ${info.activityType}`, attributes, cause, () => next(input));
      },
    },
  };
}
