import {
  type Attributes,
  context,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { CodedFailure } from '../failures.ts';
import type { Cause } from './cause.ts';
import { type AttributesOf, SPANS, type SpanSort } from './spans.ts';
import { readTraceparent } from './traceparent.ts';

/** A span under way, which takes only what its sort may carry. */
export interface OpenSpan<Sort extends SpanSort> {
  set(attributes: AttributesOf<Sort>): void;
  rename(name: string): void;
  /** @param code a stable one: never a message, which may hold a person's data. */
  failed(code: string): void;
  end(): void;
}

const plain = (attributes: object): Attributes => ({ ...attributes });

function openSpan<Sort extends SpanSort>(span: Span): OpenSpan<Sort> {
  return {
    set: (attributes) => void span.setAttributes(plain(attributes)),
    rename: (name) => void span.updateName(name),
    failed: (code) => void span.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR }),
    end: () => span.end(),
  };
}

/** Where the span is below, and what it is opened with. */
function placeOf(cause: Cause): { readonly at: Context; readonly options: SpanOptions } {
  switch (cause.kind) {
    case 'current':
      return { at: context.active(), options: {} };
    case 'none':
      return { at: ROOT_CONTEXT, options: {} };
    case 'parent':
      return { at: trace.setSpanContext(ROOT_CONTEXT, cause.span), options: {} };
    case 'link':
      return { at: ROOT_CONTEXT, options: { links: [{ context: cause.span }] } };
  }
}

/**
 * Does the work within a span that whoever gets it ends. Without an exporter the span is nothing.
 *
 * @param cause default: the span under way.
 */
export function withSpan<Sort extends SpanSort, Result>(
  sort: Sort,
  name: string,
  attributes: AttributesOf<Sort>,
  cause: Cause,
  work: (span: OpenSpan<Sort>) => Result,
): Result {
  const { at, options } = placeOf(cause);
  const span = trace
    .getTracer('latchkey')
    .startSpan(name, { ...options, kind: SpanKind[SPANS[sort].kind], attributes: plain(attributes) }, at);
  return context.with(trace.setSpan(at, span), () => work(openSpan(span)));
}

/** A stable code of what was thrown; a message may quote what it complains about. */
function codeOf(error: unknown): string {
  if (error instanceof CodedFailure) return error.code;
  // An ApplicationFailure's type is our code.
  if (typeof error === 'object' && error !== null && 'type' in error && typeof error.type === 'string')
    return error.type;
  return error instanceof Error ? error.name : 'unknown';
}

/** Does the work within a span that ends with it. What is thrown goes on, and the span says its code. */
export async function inSpan<Sort extends SpanSort, Result>(
  sort: Sort,
  name: string,
  attributes: AttributesOf<Sort>,
  cause: Cause,
  work: (span: OpenSpan<Sort>) => Promise<Result>,
): Promise<Result> {
  return withSpan(sort, name, attributes, cause, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.failed(codeOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Begins work that is nobody's: it goes on after whoever happened to begin it. */
export function outsideSpans<Result>(work: () => Result): Result {
  return context.with(ROOT_CONTEXT, work);
}

/** Says that the span under way serves what this one came of as well. */
export function linkCurrentSpan(traceparent: string | null): void {
  const other = readTraceparent(traceparent);
  if (other !== undefined) trace.getActiveSpan()?.addLink({ context: other });
}
