import type { WholeSession } from '../../../integrations/latchkey/operations.generated.ts';
import { type Html, html } from '../../../platform/html.ts';
import { operatorSessionsWords } from '../../pages/messages/operator-sessions.ts';
import { form } from '../forms.ts';
import { facts } from '../table.ts';
import { fromNow, money, shortTime, time } from '../times.ts';
import type { Visit } from '../visit.ts';
import { sessionBadges } from './badges.ts';
import { SESSIONS } from './list.ts';

/** The language that a code stands for, in the operator's own. */
function languageName(code: string, language: string): string {
  try {
    return new Intl.DisplayNames(language, { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

function moment(visit: Visit, at: string | null): Html | null {
  return at === null ? null : html`${time(at, visit)} <span class="muted">(${fromNow(at, visit)})</span>`;
}

/** What is known of a session, as its workflow says now, or as it was last recorded. */
export function factsCard(visit: Visit, session: WholeSession): Html {
  const words = operatorSessionsWords[visit.language];
  const { facts: names } = words;
  const { live } = session;
  const name = `${session.first_name} ${session.last_name}`.trim();
  const state = live === null ? session : { ...session, ...live, needs_attention: live.attention.length > 0 };
  const join = live?.gate.join.map(({ from, until }) =>
    names.openFrom(shortTime(from, visit), shortTime(until, visit)),
  );
  const refused = session.refused_values.map(
    ({ field, value, code }) =>
      html`<code>${field}</code>: ${value} <span class="muted">(${code})</span><br>`,
  );
  return html`<section class="card" aria-labelledby="facts"><h2 id="facts">${names.title}</h2>
<p>${sessionBadges(visit, state)} <span class="muted">${live === null ? names.stale : names.live}</span></p>
${session.start_state === 'intended' && html`<p>${names.notStarted}</p>`}
${facts([
  [
    names.client,
    html`${name}${name !== '' && html`<br>`}<a href="mailto:${session.email}">${session.email}</a>`,
  ],
  [names.language, languageName(session.language, visit.language)],
  [names.starts, moment(visit, live?.starts_at ?? session.starts_at) ?? words.list.notBooked],
  [names.ends, moment(visit, live?.ends_at ?? session.ends_at)],
  [names.cutoff, moment(visit, live?.cutoff_at ?? session.cutoff_at)],
  [names.deadline, moment(visit, live?.booking_deadline ?? null)],
  [names.next, moment(visit, live?.next_instant ?? null)],
  [names.amount, money(session.amount, session.currency, visit.language)],
  [names.refund, live === null ? null : words.refunds[live.refund]],
  [names.provider, session.provider === 'calcom' ? 'Cal.com' : 'Calendly'],
  [names.shop, session.shop ?? names.elsewhere],
  [names.zone, session.time_zone],
  [names.join, join === undefined ? null : join.length === 0 ? names.shut : join.join('; ')],
  [names.access, live === null ? null : names[live.gate.access]],
  [names.takenIn, moment(visit, session.created_at)],
  [names.refused, refused.length === 0 ? null : html`${refused}`],
])}</section>`;
}

const outside = (url: string, text: string | Html): Html =>
  html`<a href="${url}" rel="noreferrer">${text}</a>`;

/** Where the session's parts are looked at. */
export function placesCard(visit: Visit, session: WholeSession): Html {
  const { links } = operatorSessionsWords[visit.language];
  const { ticket_url: ticket, order_url: order, run_url: run } = session;
  const number = session.ticket_number ?? links.ticket;
  const unit = session.unit > 0 && html` <span class="muted">#${session.unit + 1}</span>`;
  return html`<section class="card" aria-labelledby="places"><h2 id="places">${links.title}</h2>
${facts([
  [links.ticket, ticket === null ? links.none : outside(ticket, number)],
  [links.order, html`${order === null ? session.order_number : outside(order, session.order_number)}${unit}`],
  [
    links.run,
    run === null
      ? null
      : html`${outside(run, html`<code>session-${session.id}</code>`)}<br><span class="hint">${links.codec}</span>`,
  ],
  [links.page, outside(session.page_url, session.page_url)],
  [links.route, html`<code>${session.route_id}</code>`],
  [links.person, html`<a href="/admin/catalog/clients/${session.client_id}">${session.client_id}</a>`],
])}</section>`;
}

/** Every link that the session ever had; one that is good can be revoked right there. */
export function linksCard(visit: Visit, session: WholeSession): Html | null {
  const { links } = operatorSessionsWords[visit.language];
  if (session.links.length === 0) return null;
  const rows = session.links.toReversed().map((link, place) => {
    const revoke =
      link.state === 'good' &&
      form(
        visit,
        `${SESSIONS}/${session.id}`,
        html`<input type="hidden" name="act" value="revokeSessionLink"><input type="hidden" name="link_id" value="${link.id}"><button class="danger small" type="submit">${links.revoke}</button>`,
      );
    return html`<li>${time(link.issued_at, visit)}<code>${link.id.slice(-6)}</code> ${
      link.state === 'good'
        ? html`<span class="badge ok">${links.good}</span>${place === 0 && html` <span class="badge">${links.newest}</span>`}${revoke}`
        : html`<span class="muted">${time(link.revoked_at, visit)}</span>`
    }</li>`;
  });
  return html`<section class="card" aria-labelledby="links"><h2 id="links">${links.access}</h2><ul class="timeline">${rows}</ul></section>`;
}
