import { DateTime } from 'luxon';
import type { Session, WholeSession } from '../../integrations/latchkey/operations.generated.ts';
import { type Html, html } from '../../platform/html.ts';
import { PHASES } from '../admin/sessions/filter.ts';
import { operatorOverviewWords } from '../pages/messages/operator-overview.ts';
import { operatorSessionsWords } from '../pages/messages/operator-sessions.ts';
import { shown } from './answers.ts';
import { addressOf } from './filters.ts';
import { healthSummary } from './installation/health.ts';
import { sessionBadges } from './sessions/badges.ts';
import { attentionBox, lateBox, refundBox } from './sessions/decisions.ts';
import { SESSIONS, sessionsTable } from './sessions/list.ts';
import { locales, shortTime } from './times.ts';
import type { OperatorPage, Visit } from './visit.ts';

/** As many of each as a person sees to at a sitting; the list has all of them. */
const MOST = 10;
const FRONT = '/admin';

/** What a section of the page is about: the sessions that fit, and how many there are. */
interface Waiting {
  readonly sessions: readonly WholeSession[];
  readonly total: number;
  readonly all: string;
}

async function waiting(
  { api }: Visit,
  query: { late_change: 'true' } | { attention: 'true' },
): Promise<Waiting> {
  const [page, count] = await Promise.all([
    api.listSessions({ query: { ...query, order: 'starts', limit: MOST } }),
    api.countSessions({ query }),
  ]);
  const answers = await Promise.all(shown(page).items.map(({ id }) => api.getSession({ path: { id } })));
  return {
    sessions: answers.flatMap((answer) => (answer.status === 200 ? [answer.body] : [])),
    total: shown(count).total,
    all: addressOf(SESSIONS, query),
  };
}

function heading(visit: Visit, session: WholeSession): Html {
  const words = operatorOverviewWords[visit.language];
  const name = `${session.first_name} ${session.last_name}`.trim() || session.email;
  const starts = session.live?.starts_at ?? session.starts_at;
  return html`<h3><a href="${SESSIONS}/${session.id}">${name}: ${session.product}</a></h3>
<p class="muted">${starts !== null && words.begins(shortTime(starts, visit))} ${sessionBadges(visit, { ...session, needs_attention: false })}</p>`;
}

function allLink(visit: Visit, { sessions, total, all }: Waiting): Html | false {
  const words = operatorOverviewWords[visit.language];
  return (
    total > sessions.length && html`<p><a class="button secondary" href="${all}">${words.all(total)}</a></p>`
  );
}

function lateSection(visit: Visit, late: Waiting): Html {
  const words = operatorOverviewWords[visit.language];
  const boxes = late.sessions.flatMap((session) => {
    const { live } = session;
    if (live === null) return [html`${heading(visit, session)}<p class="notice warn">${words.notAsked}</p>`];
    // The list is as it was last recorded; the workflow knows better.
    if (live.late_change === null) return [];
    return [
      html`${heading(visit, session)}${lateBox(visit, { session: session.id, back: FRONT }, live.late_change)}`,
    ];
  });
  return html`<section aria-labelledby="late"><h2 id="late">${words.late}</h2>
${boxes.length === 0 ? html`<p class="card">${words.noLate}</p>` : boxes}${allLink(visit, late)}</section>`;
}

function attentionSection(visit: Visit, attention: Waiting): Html {
  const words = operatorOverviewWords[visit.language];
  const boxes = attention.sessions.flatMap((session) => {
    const { live, id } = session;
    const about = { session: id, back: FRONT };
    if (live === null) return [html`${heading(visit, session)}<p class="notice warn">${words.notAsked}</p>`];
    const refund = live.refund === 'awaiting-approval';
    // A refund above the limit has its own two buttons.
    const others = live.attention.filter(({ code }) => !refund || code !== 'refund-approval');
    if (!refund && others.length === 0) return [];
    return [
      html`${heading(visit, session)}${refund && refundBox(visit, about)}${others.map((one, place) => attentionBox(visit, about, one, place))}`,
    ];
  });
  return html`<section aria-labelledby="attention"><h2 id="attention">${words.attention}</h2>
${boxes.length === 0 ? html`<p class="card">${words.noAttention}</p>` : boxes}${allLink(visit, attention)}</section>`;
}

function countsCard(visit: Visit, phases: Readonly<Partial<Record<string, number>>>): Html {
  const words = operatorOverviewWords[visit.language];
  const names = operatorSessionsWords[visit.language].phases;
  const format = new Intl.NumberFormat(visit.language);
  const rows = PHASES.map(
    (phase) =>
      html`<tr><th scope="row"><a href="${addressOf(SESSIONS, { phase })}">${names[phase]}</a></th><td class="number">${format.format(phases[phase] ?? 0)}</td></tr>`,
  );
  return html`<section class="card" aria-labelledby="counts"><h2 id="counts">${words.counts}</h2>
<table><tbody>${rows}</tbody></table></section>`;
}

function todaySection(visit: Visit, day: DateTime, sessions: readonly Session[], next: boolean): Html {
  const words = operatorOverviewWords[visit.language];
  const date = new Intl.DateTimeFormat(locales[visit.language], {
    dateStyle: 'full',
    timeZone: visit.zone,
  }).format(visit.now);
  const title = words.today(date);
  const all = addressOf(SESSIONS, dayQuery(day));
  return html`<section aria-labelledby="today"><h2 id="today">${title}</h2>
${sessions.length === 0 ? html`<p class="card">${words.noneToday}</p>` : html`<div class="card">${sessionsTable(visit, title, sessions)}</div>`}
${next && html`<p><a class="button secondary" href="${all}">${words.count}</a></p>`}</section>`;
}

const dayQuery = (day: DateTime) =>
  ({
    starts_from: day.toUTC().toISO() ?? '',
    starts_to: day.plus({ days: 1 }).toUTC().toISO() ?? '',
    order: 'starts',
  }) as const;

/** What waits for a person first, then how much there is. */
export const overviewPage: OperatorPage = {
  path: FRONT,
  async show(visit) {
    const words = operatorOverviewWords[visit.language];
    const day = DateTime.fromMillis(visit.now, { zone: visit.zone }).startOf('day');
    const [late, attention, counts, today, health] = await Promise.all([
      waiting(visit, { late_change: 'true' }),
      waiting(visit, { attention: 'true' }),
      visit.api.countSessions({}),
      visit.api.listSessions({ query: { ...dayQuery(day), limit: MOST } }),
      healthSummary(visit),
    ]);
    const { items, next_cursor: next } = shown(today);
    return {
      kind: 'view',
      title: words.title,
      place: 'overview',
      body: html`<div class="columns"><div>
${lateSection(visit, late)}
${attentionSection(visit, attention)}
</div><div>
${countsCard(visit, shown(counts).phases)}
${health}
</div></div>
${todaySection(visit, day, items, next !== null)}`,
    };
  },
};
