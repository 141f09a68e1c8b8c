import { type FailureKind, failures } from '../../platform/failures.ts';
import { HINTS } from '../../workflows/session/hints.ts';

const HEAD = `# Codes

Whatever goes wrong has a code, the same one in answers of the API, in what needs attention, in histories, logs and
metrics. This page is written by \`npm run docs\` from \`platform/failures.ts\` and \`workflows/session/hints.ts\`.

## Failures

Where a repeat may help, activities repeat by themselves, and callers do as the last column says; the rest waits for a person.
The status is that of our API.
`;

const NEEDS = `## What rules leave to a person

These are no failures: a session needs attention because a person has to look, and goes on meanwhile. With a sentence that
ends in *skip*, skip it when that is done: \`skipStep\` in Temporal UI, or \`steps/skip\` of the API.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

function failureRow([code, { status, retryable, remedy }]: readonly [string, FailureKind]): string {
  return `| \`${code}\` | ${status} | ${retryable ? 'may help' : ''} | ${cell(remedy)} |`;
}

/** Every code with what a person does about it, for docs/failures.md. */
export function failuresPage(): string {
  const byRules = Object.entries(HINTS).filter(([code]) => !(code in failures));
  return [
    HEAD,
    '| code | status | repeat | what to do |',
    '|---|---|---|---|',
    ...Object.entries(failures).map(failureRow),
    '',
    NEEDS,
    '| code | what to do |',
    '|---|---|',
    ...byRules.map(([code, hint]) => `| \`${code}\` | ${cell(hint)} |`),
    '',
  ].join('\n');
}
