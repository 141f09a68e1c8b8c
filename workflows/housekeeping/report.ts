import type {
  HousekeepingJob,
  HousekeepingNote,
  HousekeepingReport,
  HousekeepingTally,
} from '../contract/housekeeping.ts';

/** More notes than this are only counted: the report must stay far from the limit of a payload. */
export const MOST_NOTES = 100;

export function emptyReport(job: HousekeepingJob, startedAt: string): HousekeepingReport {
  return { job, startedAt, looked: 0, repaired: 0, raised: 0, failed: 0, untouched: 0, notes: [] };
}

/** The report with what a page came to. */
export function withPage(report: HousekeepingReport, page: HousekeepingTally): HousekeepingReport {
  return {
    ...report,
    looked: report.looked + page.looked,
    repaired: report.repaired + page.repaired,
    raised: report.raised + page.raised,
    failed: report.failed + page.failed,
    untouched: report.untouched + page.untouched,
    notes: [...report.notes, ...page.notes].slice(0, MOST_NOTES),
  };
}

/** The report with the reason why it ends before its last page. */
export function brokenOff(
  report: HousekeepingReport,
  code: string,
  cursor: string | null,
): HousekeepingReport {
  // Before the others: it explains why they are not more.
  const note: HousekeepingNote = { code, id: cursor ?? 'first-page' };
  return { ...report, failed: report.failed + 1, notes: [note, ...report.notes].slice(0, MOST_NOTES) };
}

const lineOf = ({ code, id, raised }: HousekeepingNote): string =>
  raised ? `- **${code}**: \`${id}\`, a person must look` : `- ${code}: \`${id}\``;

/** The report in Markdown, for the run's page in Temporal UI. */
export function describeReport(report: HousekeepingReport, state: 'running' | 'over'): string {
  const { job, startedAt, looked, repaired, raised, failed, untouched, notes } = report;
  const lines = [
    `**${job}**, began ${startedAt}${state === 'running' ? ', goes on' : ''}`,
    '',
    `- looked at: ${looked}`,
    `- repaired: ${repaired}`,
    `- raised: ${raised}`,
    `- failed: ${failed}`,
  ];
  if (untouched > 0) lines.push(`- of others, untouched: ${untouched}`);
  if (notes.length > 0) lines.push('', '### Notes', ...notes.map(lineOf));
  if (notes.length === MOST_NOTES) lines.push(`- the first ${MOST_NOTES} only`);
  return lines.join('\n');
}
