import type { Attention, SessionView, TimelineEntry } from '../contract/session.ts';

const SHOWN_ENTRIES = 12;

/** What an operator does about a failed step; the full table is `platform/failures.ts`. */
const HINTS: Readonly<Record<string, string>> = {
  'vendor-unreachable': 'check that the worker reaches the vendor, then retry',
  'vendor-timeout': 'the outcome is unknown and the step looks before it acts; retry when the vendor answers',
  'vendor-unavailable': 'wait for the vendor, then retry',
  'vendor-rate-limited': 'lower the load, then retry',
  'vendor-unauthorized': 'put a valid credential in the configuration, restart, then retry',
  'vendor-forbidden': 'grant our credential the missing permission, then retry',
  'ticket-out-of-reach':
    'grant our user in Zammad read, create and change in the group of the ticket, or move the ticket back, then retry',
  'vendor-not-found': 'look whether it was deleted at the vendor; recreate it and retry, or skip',
  'vendor-conflict': 'look at what the vendor already holds under this name, then retry or skip',
  'vendor-rejected': "compare the vendor's configuration with ours, then retry",
  'vendor-malformed': 'look for a proxy in between or a new version of the vendor, then retry',
  'not-configured': 'set the missing setting, restart, then retry',
  'row-missing': 'restore the row in PostgreSQL, then retry',
  'refund-failed': 'refund by hand in Saleor, then skip',
  'refund-by-hand': 'it was not paid in the shop: refund it where it was paid, then skip',
  'refund-approval': 'it is above the limit: answer with the Update `decideRefund`',
  'refund-pending': 'wait for the payment provider, then retry',
  'store-unavailable': 'wait for PostgreSQL; it is repeated by itself',
};

function attentionLine({ step, code, since, requestId }: Attention): string {
  const request = requestId === null ? '' : `, request \`${requestId}\``;
  const hint = HINTS[code] ?? 'look at the session and decide';
  const updates =
    step === null ? '' : ` Update \`retryStep\` or \`skipStep\` with \`${JSON.stringify({ step })}\`.`;
  return `- **${code}** since ${new Date(since).toISOString()}${request}: ${hint}.${updates}`;
}

function timelineLine({ at, event, from, to, reason }: TimelineEntry): string {
  const phases = from === to ? to : `${from} → ${to}`;
  return `- ${new Date(at).toISOString()} \`${event}\` ${phases}: ${reason}`;
}

/** The session in Markdown, for the run's page in Temporal UI. Ids and instants only. */
export function describe(view: SessionView): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ['starts', view.startsAt],
    ['ends', view.endsAt],
    ['reschedule until', view.cutoffAt],
    ['book until', view.bookingDeadline],
    ['next', view.nextInstant],
    ['ticket', view.ticketNumber],
    ['link', view.linkId],
    ['appointment', view.appointment],
    ['refund', view.refund === 'none' ? null : view.refund],
    ['late change decided by', view.lateChange?.deadline ?? null],
    ['access', view.gate.access === 'revoked' ? 'revoked' : null],
  ];
  const lines = [`**${view.outcome === null ? view.phase : `${view.phase}: ${view.outcome}`}**`, ''];
  for (const [name, value] of facts) if (value !== null) lines.push(`- ${name}: \`${value}\``);
  if (view.attention.length > 0) lines.push('', '### Needs attention', ...view.attention.map(attentionLine));
  const recent = view.timeline.slice(-SHOWN_ENTRIES);
  if (recent.length > 0) lines.push('', '### Timeline', ...recent.map(timelineLine));
  return lines.join('\n');
}
