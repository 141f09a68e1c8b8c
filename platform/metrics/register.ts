import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type Labelled, type LabelsOf, METRICS, type MetricName, type Named } from './catalogue.ts';

/** One sample of a metric that is read when somebody asks. */
export interface Sample<Name extends MetricName> {
  readonly labels: Labelled<Name>;
  readonly value: number;
}

type Labels<Name extends MetricName> = Record<LabelsOf<Name>, string>;

function described<Name extends MetricName>(registry: Registry, name: Name) {
  const { help, labels } = METRICS[name];
  return { name, help, labelNames: Object.keys(labels) as LabelsOf<Name>[], registers: [registry] };
}

/** Counts what happens. With labels it has no sample before the first count, which may be one of 0. */
export function counter<Name extends Named<'counter'>>(
  registry: Registry,
  name: Name,
): { add(labels: Labelled<Name>, by?: number): void } {
  const metric = new Counter<LabelsOf<Name>>(described(registry, name));
  return { add: (labels, by = 1) => metric.inc(labels as Labels<Name>, by) };
}

/** Sorts durations into the buckets of the catalogue. Seconds. `zero` makes samples that an alert looks at. */
export function histogram<Name extends Named<'histogram'>>(
  registry: Registry,
  name: Name,
): { observe(labels: Labelled<Name>, seconds: number): void; zero(labels: Labelled<Name>): void } {
  const { buckets } = METRICS[name];
  const metric = new Histogram<LabelsOf<Name>>({ ...described(registry, name), buckets: [...buckets] });
  return {
    observe: (labels, seconds) => metric.observe(labels as Labels<Name>, seconds),
    zero: (labels) => metric.zero(labels as Labels<Name>),
  };
}

/** A number that is set when it changes. */
export function gauge<Name extends Named<'gauge'>>(
  registry: Registry,
  name: Name,
): { set(labels: Labelled<Name>, value: number): void; add(labels: Labelled<Name>, by: number): void } {
  const metric = new Gauge<LabelsOf<Name>>(described(registry, name));
  return {
    set: (labels, value) => metric.set(labels as Labels<Name>, value),
    add: (labels, by) => metric.inc(labels as Labels<Name>, by),
  };
}

type Read<Name extends MetricName> = () => readonly Sample<Name>[] | Promise<readonly Sample<Name>[]>;

/** A gauge that is read when it is asked for: only what `read` answers with is exported. */
export function readGauge<Name extends Named<'gauge'>>(
  registry: Registry,
  name: Name,
  read: Read<Name>,
): void {
  const hasOneSample = Object.keys(METRICS[name].labels).length === 0;
  new Gauge<LabelsOf<Name>>({
    ...described(registry, name),
    async collect() {
      const samples = await read();
      this.reset();
      // Without labels `reset` leaves a zero, which nobody has read.
      if (hasOneSample && samples.length === 0) this.remove();
      for (const { labels, value } of samples) this.set(labels as Labels<Name>, value);
    },
  });
}

/** A counter whose value is ours: read when it is asked for, so that counting costs one addition. */
export function readCounter<Name extends Named<'counter'>>(
  registry: Registry,
  name: Name,
  read: Read<Name>,
): void {
  new Counter<LabelsOf<Name>>({
    ...described(registry, name),
    async collect() {
      const samples = await read();
      this.reset();
      for (const { labels, value } of samples) this.inc(labels as Labels<Name>, value);
    },
  });
}

/** How many durations fell in each bucket of the catalogue, then how many took longer. */
export interface Durations {
  readonly counts: readonly number[];
  readonly sumSeconds: number;
}

/** A histogram without labels whose numbers are ours: read when it is asked for. */
export function readHistogram(registry: Registry, name: Named<'histogram'>, read: () => Durations): void {
  const upTo: readonly (number | '+Inf')[] = [...METRICS[name].buckets, '+Inf'];
  const options = { ...described(registry, name), registers: [], buckets: [] };
  const form = new Histogram(options);
  class Read extends Histogram {
    override async get() {
      const { counts, sumSeconds } = read();
      let total = 0;
      const buckets = upTo.map((le, place) => {
        total += counts[place] ?? 0;
        return { metricName: `${name}_bucket`, labels: { le }, value: total };
      });
      const sums = [
        { metricName: `${name}_sum`, labels: {}, value: sumSeconds },
        { metricName: `${name}_count`, labels: {}, value: total },
      ];
      return { ...(await form.get()), values: [...buckets, ...sums] };
    }

    /** What a registry asks a histogram for when it writes the text. */
    getForPromString() {
      return this.get();
    }
  }
  registry.registerMetric(new Read(options));
}

/** The only sample of a metric without labels. */
export const alone = (value: number) => [{ labels: {}, value }] as const;
