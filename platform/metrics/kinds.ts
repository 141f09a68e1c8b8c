/** A process of ours that exports metrics. */
export type Exporter = 'api' | 'worker';

interface Common {
  /** One sentence: the metric's `HELP`, and its words in docs/metrics.md. */
  readonly help: string;
  /** What each label says. Values are of a fixed set: never an id, never anything of a person. */
  readonly labels: Readonly<Record<string, string>>;
  readonly exporters: readonly Exporter[];
  /** `cluster`: read from PostgreSQL, so that every API process says the same; take `max by`. Default: of this process. */
  readonly scope?: 'cluster';
}

/** One metric as it is documented, and as it is registered. Durations are seconds. */
export type MetricKind =
  | (Common & { readonly type: 'counter' | 'gauge' })
  | (Common & { readonly type: 'histogram'; readonly buckets: readonly number[] });

export type MetricKinds = Readonly<Record<`latchkey_${string}`, MetricKind>>;
