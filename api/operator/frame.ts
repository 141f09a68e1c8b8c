import { type Html, html } from '../../platform/html.ts';
import { languageSwitch, type Reader } from '../pages/language-choice.ts';
import { type RenderedPage, renderPage } from '../pages/layout.ts';
import { operatorFrameWords } from '../pages/messages/operator-frame.ts';
import { frameFields } from './forms.ts';
import { toldNotice } from './told-notice.ts';
import type { OperatorView, Place, Visit } from './visit.ts';

/** Where each place begins, in the order of the navigation. */
const places: Readonly<Record<Place, string>> = {
  overview: '/admin',
  sessions: '/admin/sessions',
  bookings: '/admin/bookings',
  inbox: '/admin/inbox',
  health: '/admin/health',
  schedules: '/admin/schedules',
  webhooks: '/admin/webhooks',
  catalog: '/admin/catalog',
  audit: '/admin/audit',
};

function navigation({ language }: Visit, open: readonly Place[], here: Place | null): Html {
  const words = operatorFrameWords[language];
  const links = open.map((place) => {
    const current = place === here && html` aria-current="page"`;
    return html`<li><a href="${places[place]}"${current}>${words.places[place]}</a></li>`;
  });
  return html`<nav aria-label="${words.navigation}"><ul class="bar">${links}</ul></nav>`;
}

function top(visit: Visit, open: readonly Place[], here: Place | null): Html {
  const words = operatorFrameWords[visit.language];
  const { subject, tenantId, userId } = visit.operator.caller;
  const name = userId === null ? subject : `${subject} (${userId})`;
  return html`<a class="skip" href="#content">${words.skip}</a>
<a class="brand" href="/admin">${words.brand}</a>
<span class="muted">${words.who(name, tenantId)}</span>
<form class="bare" method="post" action="/admin/sign-out">${frameFields(visit.operator)}<button class="secondary small" type="submit">${words.signOut}</button></form>
${navigation(visit, open, here)}`;
}

function foot(visit: Visit, requestId: string | null): Html {
  const words = operatorFrameWords[visit.language];
  return html`<p>${words.times(visit.zone)} · <a href="/admin/zone">${words.changeZone}</a>${
    requestId !== null && html` · ${words.requestId(requestId)}`
  }</p>
${languageSwitch(visit.reader)}`;
}

/**
 * A page inside the operators' frame.
 *
 * @param open the places that there are pages for.
 * @param requestId to quote to support, on a page that tells of a failure.
 */
export function framed(
  visit: Visit,
  view: OperatorView,
  open: readonly Place[],
  requestId: string | null = null,
): RenderedPage {
  const told = view.told ?? visit.told;
  return renderPage({
    ...view,
    language: visit.language,
    wide: true,
    top: top(visit, open, view.place),
    body: html`<div id="content">${told !== null && toldNotice(visit, told)}
${view.body}</div>`,
    foot: foot(visit, requestId),
  });
}

/** A page for who is not signed in. */
export function unframed(reader: Reader, title: string, body: Html): RenderedPage {
  const words = operatorFrameWords[reader.language];
  return renderPage({
    language: reader.language,
    title,
    top: html`<span class="brand">${words.brand}</span>`,
    body,
    foot: languageSwitch(reader),
  });
}
