import type { Decision } from '../../db/queries/session-page.ts';
import { html } from '../../platform/html.ts';
import { sessionPath } from '../gate/paths.ts';
import { clientEntry } from './history-entries.ts';
import type { RenderedPage } from './layout.ts';
import { recordWords } from './messages/records.ts';
import { type SessionPlace, sidePage, timeOf } from './session-frame.ts';

/** What happened, newest first, in the client's words. */
export function historyPage(
  place: SessionPlace,
  decisions: readonly Decision[],
  paging: { readonly older: number | null; readonly isNewest: boolean },
): RenderedPage {
  const words = recordWords[place.reader.language].history;
  const own = `${sessionPath(place.row.slug)}/history`;
  const shown = decisions.map((decision) => {
    const entry = clientEntry(decision);
    return (
      entry !== undefined && html`<li>${timeOf(decision.at.getTime(), place)} ${words.entries[entry]}</li>`
    );
  });
  return sidePage(
    place,
    words.title,
    html`<section class="card">${
      decisions.length === 0 ? html`<p>${words.empty}</p>` : html`<ol class="timeline" reversed>${shown}</ol>`
    }
${
  (paging.older !== null || !paging.isNewest) &&
  html`<p class="actions">${!paging.isNewest && html`<a class="button secondary" href="${own}">${words.newest}</a>`}${
    paging.older !== null &&
    html`<a class="button secondary" href="${own}?before=${paging.older}">${words.older}</a>`
  }</p>`
}</section>`,
  );
}
