import { API_METRICS } from './api.ts';
import { GATE_METRICS } from './gate.ts';
import type { MetricKind } from './kinds.ts';
import { PROCESS_METRICS } from './process.ts';
import { STANDING_METRICS } from './standing.ts';
import { WORKER_METRICS } from './worker.ts';

/**
 * Every metric of ours. Code registers them from here and docs/metrics.md is made from here, so that nothing is exported
 * that is not documented.
 */
export const METRICS = {
  ...GATE_METRICS,
  ...API_METRICS,
  ...STANDING_METRICS,
  ...WORKER_METRICS,
  ...PROCESS_METRICS,
} as const;

export type MetricName = keyof typeof METRICS;
type Kinds = typeof METRICS;

/** The names of the metrics of one type. */
export type Named<Type extends MetricKind['type']> = {
  [Name in MetricName]: Kinds[Name]['type'] extends Type ? Name : never;
}[MetricName];

/** The labels of one metric. */
export type LabelsOf<Name extends MetricName> = keyof Kinds[Name]['labels'] & string;

/** A sample's labels with their values. */
export type Labelled<Name extends MetricName> = Readonly<Record<LabelsOf<Name>, string>>;
