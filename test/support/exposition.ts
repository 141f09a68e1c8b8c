/** One line of Prometheus' text format. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Scraped {
  /** By the metric's name: its type. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly ScrapedSample[];
  readonly text: string;
}

/** Reads a page of metrics. @throws for a line that is not of the format. */
export function readExposition(text: string): Scraped {
  const types = new Map<string, string>();
  const samples: ScrapedSample[] = [];
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (type?.[1] !== undefined && type[2] !== undefined) {
      if (types.has(type[1])) throw new Error(`${type[1]} is there twice`);
      types.set(type[1], type[2]);
    }
    if (line === '' || line.startsWith('#')) continue;
    const sample = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (sample?.[1] === undefined) throw new Error(`no sample: ${line}`);
    const pairs = [...(sample[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
    const labels = Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
    samples.push({ name: sample[1], labels, value: Number(sample[3]) });
  }
  return { types, samples, text };
}
