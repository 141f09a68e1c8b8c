import { createHash } from 'node:crypto';
import type { Mail } from '../../integrations/mail/sender.ts';
import type { AttentionRow } from '../../db/tables.ts';
import type { OwedMail } from '../../db/queries/attention-mails.ts';
import { remedyOf, stepInWords } from '../../platform/attention-words.ts';
import type { SessionPlaces } from '../../platform/session-places.ts';

/** A digest of the same rows has the same name, so that a repeat is a repeat. */
export function mailIdOf(rows: readonly AttentionRow[]): string {
  const [only] = rows;
  if (rows.length === 1 && only) return only.attention_id;
  const hash = createHash('sha256').update(rows.map((row) => row.attention_id).join('|'));
  return `digest_${hash.digest('base64url').slice(0, 22)}`;
}

const time = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** What is the matter, in half a sentence. */
function matterOf({ kind, step, code, subject }: AttentionRow): string {
  switch (kind) {
    case 'late-change':
      return 'a late change waits for an answer';
    case 'quarantine':
      return `a webhook could not be brought to its session: ${code}`;
    case 'housekeeping':
      return `the housekeeping found ${code}`;
    case 'attention':
      if (subject.startsWith('booking|')) return 'a booking needs attention';
      return step === null ? `a person must look: ${code}` : `${stepInWords(step)} failed: ${code}`;
  }
}

function remedyFor({ kind, code, deadline }: AttentionRow): string {
  switch (kind) {
    case 'late-change':
      return `Answer it until ${deadline === null ? 'its deadline' : time(deadline)}, with the session action of the ticket or on the page for operators.`;
    case 'quarantine':
      return 'Look at it in the quarantine (GET /api/v1/admin/inbox); replay it when what was wrong is put right.';
    case 'housekeeping':
      return remedyOf(code) ?? 'docs/operations.md, "Reading a report", tells what to do.';
    case 'attention':
      return remedyOf(code) ?? 'Look at it on the page for operators, or at the run in Temporal UI.';
  }
}

function placesOf(row: OwedMail, places: SessionPlaces): readonly string[] {
  const lines: string[] = [];
  if (row.session_key !== null) lines.push(`For operators: ${places.admin(row.session_key)}`);
  if (row.ticket_number !== null)
    lines.push(`Ticket ${row.ticket_number}: ${places.ticket(row.ticket_number)}`);
  const run = row.workflow_id === null ? null : places.run(row.workflow_id);
  if (run !== null) lines.push(`Run: ${run}`);
  return lines;
}

/** `session abc`, `booking abc`, `inbox 7`: what it is about, by its id. */
const aboutOf = ({ subject, kind }: AttentionRow): string =>
  kind === 'housekeeping' ? subject.split('|').slice(1).join('|') : subject.replace('|', ' ');

function paragraphsOf(row: OwedMail, places: SessionPlaces): readonly string[] {
  const { since, gone_at: gone, request_id: request } = row;
  return [
    `About: ${aboutOf(row)}`,
    `Since: ${time(since)}${gone === null ? '' : `, gone since ${time(gone)}: nothing is to be done any more`}`,
    ...(gone === null ? [`What to do: ${remedyFor(row)}`] : []),
    ...(request === null ? [] : [`Request at the vendor: ${request}`]),
    ...placesOf(row, places),
  ];
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

const FOOT = 'Latchkey sends this to ATTENTION_MAIL_TO. It holds ids only; who may see more signs in.';

/** The mail about these. Ids, codes and addresses of our own only: nothing about a person. */
export function attentionMail(rows: readonly OwedMail[], places: SessionPlaces): Mail {
  const [only] = rows;
  const id = mailIdOf(rows);
  if (rows.length === 1 && only) {
    const about = only.ticket_number === null ? aboutOf(only) : `ticket ${only.ticket_number}`;
    const text = [`${capital(matterOf(only))}.`, '', ...paragraphsOf(only, places), '', FOOT].join('\n');
    return { id, subject: `[Latchkey] ${about}: ${matterOf(only)}`, text };
  }
  const parts = rows.map((row, at) =>
    [`${at + 1}. ${capital(matterOf(row))}.`, ...paragraphsOf(row, places).map((line) => `   ${line}`)].join(
      '\n',
    ),
  );
  const intro = `${rows.length} things need attention. So many came within a minute that they are told in one mail.`;
  return {
    id,
    subject: `[Latchkey] ${rows.length} things need attention`,
    text: [intro, ...parts, FOOT].join('\n\n'),
  };
}
