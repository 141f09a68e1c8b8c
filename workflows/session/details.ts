import type { Attention, LateChangeView, Phase, SessionView, TimelineEntry } from '../contract/session.ts';
import type { NextDue } from '../policy/rules.ts';
import { HINTS, NO_HINT } from './hints.ts';

const SHOWN_ENTRIES = 12;

/** What the session is doing, for who does not know the names of the phases. */
const PHASES: Readonly<Record<Phase, string>> = {
  opening: 'The payment is asked about; ticket, route and link are made',
  'awaiting-booking': 'The client is to book a time',
  scheduled: 'It is booked, and the client may still change it',
  locked: 'The cutoff has passed: a change needs a person',
  settling: 'It is over; a no-show may still be set, and a refund may be open',
  ended: 'It has ended',
};

/** `2026-12-01 09:00 UTC`: seconds are shown where there are any. */
function time(iso: string): string {
  const text = iso.replace('T', ' ').replace(/(:00)?\.\d+Z$/, '');
  return `${text} UTC`;
}

const isoOf = (at: number): string => new Date(at).toISOString();

function headline({ phase, outcome, lateChange }: SessionView): string {
  const state = outcome === null ? phase : `${phase}: ${outcome}`;
  const words = lateChange === null ? PHASES[phase] : 'A late change waits for the answer of a person';
  return `**${state}**. ${words}.`;
}

function attentionLine({ step, code, since, requestId }: Attention): string {
  const what = step === null ? `**${code}**` : `**${step}**: ${code}`;
  const request = requestId === null ? '' : `, request \`${requestId}\` at the vendor`;
  const act =
    code === 'refund-approval'
      ? 'Update `decideRefund` with `{"approve":true}` or `{"approve":false}`.'
      : step === null
        ? `When that is done: Update \`skipStep\` with \`${JSON.stringify({ step: code })}\`.`
        : `Update \`retryStep\` or \`skipStep\` with \`${JSON.stringify({ step })}\`.`;
  return `- ${what}, since ${time(isoOf(since))}${request}: ${HINTS[code] ?? NO_HINT}. ${act}`;
}

function lateLines({ requestedAt, deadline, by }: LateChangeView): readonly string[] {
  return [
    '### Late change',
    `- asked for by the ${by}, ${time(requestedAt)}`,
    `- answer until ${time(deadline)}: the ticket's session action, or the Update \`decideLateChange\` with \`{"by":"operator","approve":true}\``,
  ];
}

function timelineLine({ at, event, from, to, reason }: TimelineEntry): string {
  const phases = from === to ? to : `${from} → ${to}`;
  return `- ${time(isoOf(at))} \`${event}\` ${phases}: ${reason}`;
}

/**
 * The session in Markdown, for the run's page in Temporal UI. Ids and instants only.
 *
 * @param next what the session does by itself next.
 */
export function describe(view: SessionView, next: NextDue | null): string {
  const { lateChange, attention } = view;
  const instants: readonly (readonly [string, string | null])[] = [
    ['starts', view.startsAt],
    ['ends', view.endsAt],
    ['reschedule until', view.cutoffAt],
    ['book until', view.bookingDeadline],
    ['a move is allowed until', view.moveUntil],
  ];
  const names: readonly (readonly [string, string | null])[] = [
    ['ticket', view.ticketNumber],
    ['appointment', view.appointment],
    ['link', view.linkId],
    ['refund', view.refund === 'none' ? null : view.refund],
    ['access', view.gate.access === 'revoked' ? 'revoked' : null],
  ];
  const lines = [headline(view), ''];
  if (next !== null) lines.push(`- next: **${next.what}**, ${time(isoOf(next.at))}`);
  for (const [name, at] of instants) if (at !== null) lines.push(`- ${name}: ${time(at)}`);
  for (const [name, value] of names) if (value !== null) lines.push(`- ${name}: \`${value}\``);
  if (lateChange !== null) lines.push('', ...lateLines(lateChange));
  if (attention.length > 0) lines.push('', '### Needs attention', ...attention.map(attentionLine));
  const recent = view.timeline.slice(-SHOWN_ENTRIES).toReversed();
  if (recent.length > 0) lines.push('', '### Timeline, newest first', ...recent.map(timelineLine));
  return lines.join('\n');
}
