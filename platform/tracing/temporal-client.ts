import type { Headers, WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { TRACE_HEADER, type TraceHeader } from '../../workflows/contract/trace.ts';
import { inSpan } from './in-span.ts';
import { currentTraceparent } from './traceparent.ts';

/** The headers with the span under way, for the run to hand on; untouched where nothing is traced. */
function withTrace(headers: Headers): Headers {
  const traceparent = currentTraceparent();
  if (traceparent === null) return headers;
  const trace: TraceHeader = { traceparent, at: Date.now() };
  return { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(trace) };
}

/**
 * A span for each call that changes a run, and for a query that somebody waits for; what the API asks by itself, to keep its
 * memory right, has none.
 */
export function traceTemporalCalls(): WorkflowClientInterceptor {
  function call<Result>(
    verb: string,
    type: string,
    workflowId: string | undefined,
    send: () => Promise<Result>,
  ): Promise<Result> {
    const attributes = {
      'temporal.call': verb,
      'temporal.type': type,
      ...(workflowId === undefined ? {} : { 'temporal.workflow.id': workflowId }),
    };
    return inSpan('temporal', `temporal ${verb} ${type}`, attributes, { kind: 'current' }, send);
  }
  return {
    startWithDetails: (input, next) =>
      call('start', input.workflowType, input.options.workflowId, () =>
        next({ ...input, headers: withTrace(input.headers) }),
      ),
    signal: (input, next) =>
      call('signal', input.signalName, input.workflowExecution.workflowId ?? undefined, () =>
        next({ ...input, headers: withTrace(input.headers) }),
      ),
    startUpdate: (input, next) =>
      call('update', input.updateName, input.workflowExecution.workflowId ?? undefined, () =>
        next({ ...input, headers: withTrace(input.headers) }),
      ),
    startUpdateWithStart: (input, next) =>
      call('update-with-start', input.workflowType, input.workflowStartOptions.workflowId, () =>
        next({
          ...input,
          workflowStartHeaders: withTrace(input.workflowStartHeaders),
          updateHeaders: withTrace(input.updateHeaders),
        }),
      ),
    query: (input, next) =>
      currentTraceparent() === null
        ? next(input)
        : call('query', input.queryType, input.workflowExecution.workflowId ?? undefined, () => next(input)),
    terminate: (input, next) =>
      call('terminate', 'run', input.workflowExecution.workflowId ?? undefined, () => next(input)),
    cancel: (input, next) =>
      call('cancel', 'run', input.workflowExecution.workflowId ?? undefined, () => next(input)),
  };
}
