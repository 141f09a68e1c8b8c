/** The header of a start, a signal, an Update or an activity that says which span it comes of. */
export const TRACE_HEADER = 'latchkey-trace';

/** The header's value, as JSON. It is in clear in the history: ids alone. */
export interface TraceHeader {
  /** As in the W3C's Trace Context. */
  readonly traceparent: string;
  /** When the message was sent, in milliseconds since 1970. */
  readonly at: number;
}
