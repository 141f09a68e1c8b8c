import type { RunResult } from './run.ts';

/** A run's result for a person. */
export function linesOf(result: RunResult): readonly string[] {
  const { seed, seconds, sessions, happened, polls, webhooks, retried, violations, folder } = result;
  const counted = Object.entries(happened)
    .map(([name, times]) => `${name} ${times}×`)
    .join(', ');
  const summary = [
    `What failed: ${counted}`,
    `${sessions} sessions, ${polls} requests at their doors, ${webhooks} webhooks, ${retried} steps retried by hand, ${seconds} s`,
  ];
  if (violations.length === 0) return [...summary, `Seed ${seed}: every promise was kept.`];
  return [
    ...summary,
    ...violations.map(
      ({ promise, session, expected, seen }) =>
        `✗ ${promise}${session === null ? '' : ` (${session})`}: expected ${expected}; seen ${seen}`,
    ),
    `Seed ${seed}: ${violations.length} promises were not kept. Logs and data are in ${folder}.`,
    `Again: npm run test:faults -- --seed ${seed} --sessions ${sessions}`,
  ];
}
