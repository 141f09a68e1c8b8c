import type { SpanContext } from '@opentelemetry/api';
import { readTraceparent } from './traceparent.ts';

/**
 * What a span comes of. `current`: the span under way, if any. `none`: a trace of its own. `parent` and `link` name a span
 * that may be another process's.
 */
export type Cause =
  | { readonly kind: 'current' }
  | { readonly kind: 'none' }
  | { readonly kind: 'parent' | 'link'; readonly span: SpanContext };

/**
 * A session sleeps for weeks, and nobody can read a trace that does: what comes later than this is a trace of its own, with
 * a link to what it comes of.
 */
export const ONE_STORY_MS = 15 * 60 * 1000;

/**
 * What a span comes of that was written down before.
 *
 * @param traceparent of what it comes of, as it was written; null or unreadable: nothing is known.
 * @param writtenAt in milliseconds since 1970.
 */
export function causeWritten(traceparent: string | null | undefined, writtenAt: number, now: number): Cause {
  const span = readTraceparent(traceparent);
  if (span === undefined) return { kind: 'none' };
  return { kind: now - writtenAt <= ONE_STORY_MS ? 'parent' : 'link', span };
}
