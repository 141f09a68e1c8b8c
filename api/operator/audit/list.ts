import type { AnswerOf } from '../../../integrations/latchkey/client.ts';
import { type Html, html } from '../../../platform/html.ts';
import { operatorAuditWords } from '../../pages/messages/operator-audit.ts';
import { badge } from '../table.ts';
import { time } from '../times.ts';
import type { Visit } from '../visit.ts';

type Listed = Exclude<Extract<AnswerOf<'listAudit'>, { readonly status: 200 }>['body'], string>;
export type AuditEntry = Listed['items'][number];

type Reader = Pick<Visit, 'language' | 'zone'>;

const SUFFIXES = ['refused', 'unknown', 'failed'] as const;
const SESSION_ACTS = /^(session|late-change|refund|cutoff|email|step|access|gate)\./;

/** What was done, and what it came to when it was not simply done. */
export function actionInWords({ action }: AuditEntry, { language }: Reader): Html {
  const words = operatorAuditWords[language];
  const { actions } = words;
  const wordsOf = (code: string): string | undefined =>
    Object.hasOwn(actions, code) ? actions[code as keyof typeof actions] : undefined;
  const whole = wordsOf(action);
  if (whole !== undefined) return html`${whole}`;
  const suffix = SUFFIXES.find((one) => action.endsWith(`-${one}`));
  const base = suffix === undefined ? undefined : wordsOf(action.slice(0, -suffix.length - 1));
  return suffix === undefined || base === undefined
    ? html`<code>${action}</code>`
    : html`${base} ${badge(words[suffix], 'warn')}`;
}

const pages: Readonly<Record<string, (id: string) => string>> = {
  inbox: (id) => `/admin/inbox/${id}`,
  webhook: (id) => `/admin/webhooks/${id}`,
  client: (id) => `/admin/catalog/clients/${id}`,
  calendar: (id) => `/admin/catalog/calendars/${id}`,
  template: (id) => `/admin/catalog/templates/${id}`,
  schedule: () => '/admin/schedules',
};

/** The page of what an entry is about; null: it has none. */
function pageOf({ subject, action }: AuditEntry): string | null {
  const [kind = '', id] = subject.split(':', 2);
  if (id !== undefined)
    return Object.hasOwn(pages, kind) ? (pages[kind]?.(encodeURIComponent(id)) ?? null) : null;
  if (!/^[\w-]{22}$/.test(subject)) return null;
  if (action.startsWith('booking.')) return `/admin/bookings/${subject}`;
  return SESSION_ACTS.test(action) ? `/admin/sessions/${subject}` : null;
}

export function subjectOf(entry: AuditEntry): Html {
  const page = pageOf(entry);
  const code = html`<code>${entry.subject}</code>`;
  return page === null ? code : html`<a href="${page}">${code}</a>`;
}

/** Why, and what else was kept of it. */
export function detailsOf({ reason, details }: AuditEntry): Html | null {
  const all = { ...(reason === null ? {} : { '': reason }), ...details };
  const parts = Object.entries(all).filter(([, value]) => value !== null && value !== '');
  return parts.length === 0
    ? null
    : html`${parts.map(([name, value], at) => html`${at > 0 && ' · '}${name !== '' && html`<span class="muted">${name}</span> `}${String(value)}`)}`;
}

/** The entries about one thing, as what happened to it. */
export function auditList(visit: Reader, entries: readonly AuditEntry[]): Html {
  const one = (entry: AuditEntry): Html => {
    const details = detailsOf(entry);
    return html`<li>${time(entry.at, visit)} ${actionInWords(entry, visit)} <span class="muted">${entry.actor}</span>${details !== null && html`<br>${details}`}</li>`;
  };
  return html`<ol class="timeline">${entries.map(one)}</ol>`;
}
