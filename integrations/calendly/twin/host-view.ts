import { type Html, html } from '../../../platform/html.ts';

/** An appointment as its host sees it. */
export interface ShownAppointment {
  readonly name: string;
  readonly email: string;
  /** Milliseconds, as the end. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly status: string;
  readonly noShow: boolean;
  readonly newInvitee: string | null;
  readonly rescheduleUrl: string;
  readonly cancelUrl: string;
}

function appointmentBox(one: ShownAppointment): Html {
  const state = one.newInvitee === null ? one.status : 'rescheduled';
  const from = new Date(one.startsAt).toISOString();
  return html`<article class="box"><h3>${one.name}</h3>
<p><span class="state">${state}</span>${one.noShow && html`<span class="state">no-show</span>`}</p>
<dl><dt>Start</dt><dd>${from}</dd><dt>End</dt><dd>${new Date(one.endsAt).toISOString()}</dd><dt>E-mail</dt><dd>${one.email}</dd></dl>
${
  state === 'active' &&
  html`<p><a href="${one.rescheduleUrl}">Reschedule ${one.name}, ${from}</a> · <a href="${one.cancelUrl}">Cancel ${one.name}, ${from}</a></p>`
}</article>`;
}

/** What a host sees: the appointments, newest first. */
export function hostView(all: readonly ShownAppointment[]): string {
  const boxes = all.map(appointmentBox).toReversed();
  return html`<p>Clients book on a page of this calendar: a session's own page leads there. Here is what its host sees, with the
links that the client's mail from Calendly has.</p>
<h2>Appointments (${boxes.length})</h2>${boxes.length === 0 ? html`<p class="hint">Nothing is booked yet.</p>` : boxes}`
    .text;
}
