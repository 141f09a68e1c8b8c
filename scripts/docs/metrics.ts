import { API_METRICS } from '../../platform/metrics/api.ts';
import { GATE_METRICS } from '../../platform/metrics/gate.ts';
import type { MetricKind, MetricKinds } from '../../platform/metrics/kinds.ts';
import { PROCESS_METRICS } from '../../platform/metrics/process.ts';
import { STANDING_METRICS } from '../../platform/metrics/standing.ts';
import { WORKER_METRICS } from '../../platform/metrics/worker.ts';

const HEAD = `# Metrics

Each process has one page in Prometheus' text format, for those inside only. This page is written by \`npm run docs\` from
the catalogue that the code registers its metrics from (\`platform/metrics\`).

| process | page | settings |
|---|---|---|
| API | \`/metrics\` of the internal listener, beside \`/healthz\` and \`/readyz\` | \`INTERNAL_PORT\` (3001), \`INTERNAL_HOST\` |
| worker | \`/metrics\` of a listener of its own; the Temporal SDK's numbers stand on the same page | \`WORKER_METRICS_PORT\` (9464), \`WORKER_METRICS_HOST\` |

The worker's \`/healthz\` and \`/readyz\` are on \`WORKER_HEALTH_PORT\` (3003). All hosts are the loopback address unless told
otherwise. \`npm start\` prints where the pages are. The rules that alert are in \`deploy/prometheus/alerts.yml\`, what to do
then in [runbook.md](runbook.md), and the dashboards in \`deploy/grafana/dashboards\`.

Durations are seconds. Labels are of fixed sets: no id of a session, no name, no address. A metric whose scope is the
*cluster* is read from PostgreSQL, at most every ten seconds, by each API process: all say the same, so take
\`max by (...)\` of them and never \`sum\`. All others are of one process: sum them.
`;

const TAIL = `## Of Node.js and the SDK

Both processes export \`prom-client\`'s metrics of the process: \`process_cpu_seconds_total\`,
\`process_resident_memory_bytes\`, \`nodejs_eventloop_lag_p99_seconds\`, \`nodejs_gc_duration_seconds\` and others.

A worker exports the Temporal SDK's (\`temporal_…\`), with the endings \`_total\` and \`_seconds\`. Those that tell most:

| metric | what it tells |
|---|---|
| \`temporal_workflow_task_schedule_to_start_latency_seconds\` | how long a session's task waited for a worker: too few workers, or none that has the time |
| \`temporal_activity_schedule_to_start_latency_seconds\` | the same of activities |
| \`temporal_workflow_task_execution_latency_seconds\` | how long a workflow task takes; the server gives it ten seconds |
| \`temporal_workflow_task_execution_failed_total\` | tasks that failed, after a deploy as a rule because a history does not replay; absent until there is one |
| \`temporal_workflow_failed_total\` | runs that failed, which none of ours should; absent until there is one |
| \`temporal_worker_task_slots_available\`, \`temporal_worker_task_slots_used\` | how busy a worker is, by \`worker_type\` |
| \`temporal_sticky_cache_size\`, \`temporal_sticky_cache_hit_total\` | sessions in memory; others are replayed when they wake |
| \`temporal_request_failure_total\` | calls of Temporal that failed; absent until there is one |

The numbers of APISIX, Temporal's server and etcd are their own; \`deploy/prometheus/prometheus.yml\` scrapes them too.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

function row(name: string, kind: MetricKind): string {
  const labels = Object.entries(kind.labels).map(([label, words]) => `\`${label}\`: ${words}`);
  const scope = kind.scope === 'cluster' ? ' *cluster*' : '';
  return `| \`${name}\` | ${kind.type}${scope} | ${cell(kind.help)} | ${cell(labels.join('<br>'))} |`;
}

function section(title: string, kinds: MetricKinds): string {
  const exporters = [...new Set(Object.values(kinds).flatMap(({ exporters: own }) => own))];
  const whose =
    exporters.length === 1
      ? `Exported by the ${exporters[0] === 'api' ? 'API' : 'worker'}.`
      : 'Exported by both.';
  return [
    `## ${title}`,
    '',
    whose,
    '',
    '| metric | type | what it is | labels |',
    '|---|---|---|---|',
    ...Object.entries(kinds).map(([name, kind]) => row(name, kind)),
    '',
  ].join('\n');
}

/** The page of all metrics, for docs/metrics.md. */
export function metricsPage(): string {
  return [
    HEAD,
    section('The gate', GATE_METRICS),
    section('Requests, webhooks in, logins', API_METRICS),
    section('How things stand', STANDING_METRICS),
    section('Sessions’ lives', WORKER_METRICS),
    section('Processes and vendors', PROCESS_METRICS),
    TAIL,
  ].join('\n');
}
