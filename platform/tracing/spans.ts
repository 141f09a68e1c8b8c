import type { SpanKind } from '@opentelemetry/api';

/** What one sort of span is. `docs/tracing.md` shows this table. */
export interface SpanDescription {
  /** How its name is made. */
  readonly name: string;
  readonly kind: keyof typeof SpanKind;
  /** All that it may carry. Ids and codes only: no name, address, token, query or slug. */
  readonly attributes: readonly string[];
  /** What it is below, or linked to. */
  readonly cause: string;
}

/** Every sort of span. Names of OpenTelemetry's semantic conventions where there is one. */
export const SPANS = {
  request: {
    name: '`<method> <route template>`',
    kind: 'SERVER',
    attributes: ['http.request.method', 'http.route', 'http.response.status_code', 'latchkey.request_id'],
    cause: "a trace of its own; the gateway's, where `APISIX_TRACEPARENT` says so",
  },
  delivery: {
    name: '`inbox <source>`',
    kind: 'CONSUMER',
    attributes: [
      'latchkey.inbox.id',
      'latchkey.inbox.source',
      'latchkey.inbox.event',
      'latchkey.inbox.attempt',
      'latchkey.inbox.outcome',
      'latchkey.inbox.reason',
    ],
    cause: 'the request that brought the webhook',
  },
  temporal: {
    name: '`temporal <call> <type>`',
    kind: 'CLIENT',
    attributes: ['temporal.call', 'temporal.type', 'temporal.workflow.id'],
    cause: 'whatever asked',
  },
  activity: {
    name: '`activity <type>`',
    kind: 'CONSUMER',
    attributes: [
      'temporal.activity.type',
      'temporal.activity.attempt',
      'temporal.workflow.type',
      'temporal.workflow.id',
      'temporal.run.id',
    ],
    cause: 'the start, signal or Update that the run heard last before it',
  },
  vendor: {
    name: '`<vendor> <method> <path template>`',
    kind: 'CLIENT',
    attributes: [
      'peer.service',
      'http.request.method',
      'url.template',
      'http.response.status_code',
      'latchkey.request_id',
      'latchkey.vendor.outcome',
    ],
    cause: 'the activity, delivery or request that calls',
  },
} as const satisfies Readonly<Record<string, SpanDescription>>;

export type SpanSort = keyof typeof SPANS;

/** The attributes that this sort of span may carry. */
export type AttributesOf<Sort extends SpanSort> = {
  readonly [Name in (typeof SPANS)[Sort]['attributes'][number]]?: string | number | boolean;
};
