import type { WholeSession } from '../../../integrations/latchkey/operations.generated.ts';
import { html } from '../../../platform/html.ts';
import { operatorSessionsWords } from '../../pages/messages/operator-sessions.ts';
import { isGood, NothingToShow, shown, toldOf } from '../answers.ts';
import { backPath } from '../back-path.ts';
import type { Told } from '../told.ts';
import type { OperatorPage, OperatorView, Visit } from '../visit.ts';
import { type Again, actionsCard } from './action-forms.ts';
import { act, fieldsIn, isSessionAction, sessionActions } from './actions.ts';
import { attentionBox, lateBox, refundBox } from './decisions.ts';
import { factsCard, linksCard, placesCard } from './facts.ts';
import { SESSIONS } from './list.ts';
import { story } from './story.ts';

const nameIn = ({ req }: Visit): string => {
  const { id } = req.params;
  return typeof id === 'string' ? id : '';
};

async function sessionOf(visit: Visit): Promise<WholeSession> {
  return shown(await visit.api.getSession({ path: { id: nameIn(visit) } }));
}

/** @param refused the form that this page answers, where it was refused. */
function view(
  visit: Visit,
  session: WholeSession,
  refused: { readonly again: Again | null; readonly told: Told; readonly status: number } | null,
): OperatorView {
  const words = operatorSessionsWords[visit.language];
  const { live, timeline } = session;
  const about = { session: session.id, back: `${SESSIONS}/${session.id}` };
  const boxes = [
    live?.late_change && html`<h2>${words.late.title}</h2>${lateBox(visit, about, live.late_change)}`,
    live?.refund === 'awaiting-approval' && refundBox(visit, about),
    live !== null &&
      live.attention.length > 0 &&
      html`<h2>${words.attention.title}</h2>${live.attention.map((one, place) => attentionBox(visit, about, one, place))}`,
  ];
  const more =
    timeline.next_cursor !== null &&
    html`<p><a class="button secondary" href="${SESSIONS}/${session.id}/timeline?cursor=${encodeURIComponent(timeline.next_cursor)}" rel="next">${words.timeline.more}</a></p>`;
  return {
    kind: 'view',
    ...(refused !== null && { status: refused.status, told: refused.told }),
    title: `${session.product}: ${`${session.first_name} ${session.last_name}`.trim() || session.email}`,
    place: 'sessions',
    body: html`${boxes}
<div class="columns"><div>
${factsCard(visit, session)}
<section class="card" aria-labelledby="story"><h2 id="story">${words.timeline.title}</h2>${story(visit, timeline.items)}${more}</section>
</div><div>
${actionsCard(visit, session, refused?.again ?? null)}
${placesCard(visit, session)}
${linksCard(visit, session)}
</div></div>`,
  };
}

/** One session: what it is, what waits for a person, and all that can be done about it. */
export const sessionPage: OperatorPage = {
  path: `${SESSIONS}/:id`,
  show: async (visit) => view(visit, await sessionOf(visit), null),
  async take(visit, sent) {
    const wanted = sent.text('act');
    if (!isSessionAction(wanted)) throw new NothingToShow(400, 'invalid-request');
    const { fields, key } = sent;
    if (sessionActions[wanted].group === 'danger' && sent.text('sure') !== 'yes') {
      const again = { act: wanted, fields, key, wrong: new Set(['sure']) };
      const told: Told = { act: wanted, outcome: 'invalid-request' };
      return view(visit, await sessionOf(visit), { again, told, status: 400 });
    }
    const answer = await act(visit, wanted, nameIn(visit), sent);
    const told = toldOf(wanted, answer);
    if (isGood(answer)) {
      const back = sent.text('back');
      return { kind: 'go', to: back === '' ? `${SESSIONS}/${nameIn(visit)}` : backPath(back), told };
    }
    const wrong = fieldsIn(told.detail);
    // What the fields themselves say need not be said twice, nor in the API's own language.
    const { detail: _, ...rest } = told;
    const again = { act: wanted, fields, key, wrong };
    return view(visit, await sessionOf(visit), {
      again,
      told: wrong.size > 0 ? rest : told,
      status: answer.status,
    });
  },
};

/** What happened after the first page of it. */
export const timelinePage: OperatorPage = {
  path: `${SESSIONS}/:id/timeline`,
  async show(visit) {
    const { timeline: words } = operatorSessionsWords[visit.language];
    const { cursor } = visit.req.query;
    const id = nameIn(visit);
    const query = typeof cursor === 'string' ? { cursor } : {};
    const page = shown(await visit.api.getSessionTimeline({ path: { id }, query }));
    const next =
      page.next_cursor !== null &&
      html`<p><a class="button secondary" href="${SESSIONS}/${id}/timeline?cursor=${encodeURIComponent(page.next_cursor)}" rel="next">${words.more}</a></p>`;
    return {
      kind: 'view',
      title: words.title,
      place: 'sessions',
      body: html`<p><a href="${SESSIONS}/${id}">${words.back}</a></p>
<div class="card">${story(visit, page.items)}${next}</div>`,
    };
  },
};
