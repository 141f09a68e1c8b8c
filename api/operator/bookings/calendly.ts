import { type Html, html } from '../../../platform/html.ts';
import { operatorBookingsWords } from '../../pages/messages/operator-bookings.ts';
import { toldOf } from '../answers.ts';
import { toldNotice } from '../told-notice.ts';
import type { OperatorPage, Visit } from '../visit.ts';
import { BOOKINGS_PATH } from './list.ts';

interface Told {
  readonly status: number;
  readonly body?: unknown;
}

/** What Calendly says, in its own words; or why it does not. */
function resource(visit: Visit, act: string, heading: string, answer: Told, found: unknown): Html {
  return html`<section class="card"><h2>${heading}</h2>${
    answer.status === 200
      ? html`<pre>${JSON.stringify(found, null, 2)}</pre>`
      : toldNotice(visit, toldOf(act, answer))
  }</section>`;
}

/** A booking as Calendly has it at this moment. */
export const bookingInCalendlyPage: OperatorPage = {
  path: `${BOOKINGS_PATH}/:id/calendly`,
  async show(visit) {
    const words = operatorBookingsWords[visit.language];
    const path = { id: String(visit.req.params['id']) };
    const [event, invitee] = await Promise.all([
      visit.api.getCalendlyEvent({ path }),
      visit.api.getCalendlyInvitee({ path }),
    ]);
    return {
      kind: 'view',
      title: words.calendlyTitle,
      place: 'bookings',
      body: html`<p>${words.calendlyLead} <a href="${BOOKINGS_PATH}/${path.id}">${words.title}</a></p>
${resource(visit, 'getCalendlyEvent', words.event, event, event.status === 200 ? event.body.results.event : null)}
${resource(visit, 'getCalendlyInvitee', words.invitee, invitee, invitee.status === 200 ? invitee.body.results.invitee : null)}`,
    };
  },
};

/** The account that bookings are made in. */
export const calendlyAccountPage: OperatorPage = {
  path: '/admin/calendly',
  async show(visit) {
    const words = operatorBookingsWords[visit.language];
    const answer = await visit.api.getCalendlyAccount();
    return {
      kind: 'view',
      title: words.accountTitle,
      place: 'bookings',
      body: html`<p>${words.accountLead}</p>
${resource(visit, 'getCalendlyAccount', words.accountTitle, answer, answer.status === 200 ? answer.body.results.account : null)}`,
    };
  },
};
