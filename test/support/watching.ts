import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const root = new URL('../../', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const alertSchema = z.strictObject({
  alert: z.string().regex(/^Latchkey[A-Z][A-Za-z]+$/),
  expr: z.string(),
  for: z.string().regex(/^\d+[mh]$/),
  labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
  annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook_url: z.string() }),
});
export type Alert = z.output<typeof alertSchema>;

/** The rules that Prometheus is given. */
export function alerts(): readonly Alert[] {
  const file = z.strictObject({
    groups: z.array(z.strictObject({ name: z.string(), rules: z.array(alertSchema).min(1) })),
  });
  return file.parse(parse(textOf('deploy/prometheus/alerts.yml'))).groups.flatMap(({ rules }) => rules);
}

const gridSchema = z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1), h: z.int().min(1) });
const targetSchema = z.looseObject({ expr: z.string(), refId: z.string(), legendFormat: z.string() });
const panelSchema = z.looseObject({
  id: z.int(),
  type: z.enum(['row', 'stat', 'timeseries', 'table']),
  title: z.string().min(1),
  gridPos: gridSchema,
  datasource: z.object({ type: z.literal('prometheus'), uid: z.literal('prometheus') }).optional(),
  targets: z.array(targetSchema).default([]),
});
const dashboardSchema = z.looseObject({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.int(),
  panels: z.array(panelSchema).min(1),
});
export type Dashboard = z.output<typeof dashboardSchema> & { readonly file: string };

const FOLDER = 'deploy/grafana/dashboards/';

/** The dashboards that Grafana is given. */
export function dashboards(): readonly Dashboard[] {
  return readdirSync(new URL(FOLDER, root))
    .filter((name) => name.endsWith('.json'))
    .map((file) => ({ file, ...dashboardSchema.parse(JSON.parse(textOf(FOLDER + file))) }));
}

/** Every expression that somebody asks Prometheus, with where it stands. */
export function expressions(): readonly (readonly [place: string, expression: string])[] {
  return [
    ...alerts().map(({ alert, expr }) => [alert, expr] as const),
    ...dashboards().flatMap(({ file, panels }) =>
      panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [`${file}: ${title}`, expr] as const)),
    ),
  ];
}

/** The entries of the runbook: each alert's name with what stands below it. */
export function runbookEntries(): ReadonlyMap<string, string> {
  const entries = textOf('docs/runbook.md').split(/^### /m).slice(1);
  return new Map(entries.map((entry) => [entry.split('\n', 1)[0] ?? '', entry]));
}

/** What stands in backticks and is SQL, in the whole runbook. */
export function runbookStatements(): readonly string[] {
  return [...textOf('docs/runbook.md').matchAll(/`(select [^`]+)`/g)].map(([, statement = '']) => statement);
}

/** What stands in backticks and is a request of the API, in the whole runbook. */
export function runbookRequests(): readonly { readonly method: string; readonly url: URL }[] {
  return [...textOf('docs/runbook.md').matchAll(/`(GET|POST) (\/api[^`]+)`/g)].map(
    ([, method = '', path = '']) => ({ method: method.toLowerCase(), url: new URL(path, 'http://latchkey') }),
  );
}
