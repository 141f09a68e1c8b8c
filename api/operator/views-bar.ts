import { type Html, html } from '../../platform/html.ts';
import { operatorListsWords } from '../pages/messages/operator-lists.ts';
import { folded, textField, tick } from './fields.ts';
import { addressOf } from './filters.ts';
import { form } from './forms.ts';
import type { Visit } from './visit.ts';

/** Lists whose filters are kept, and where each is shown. */
export const VIEWED = {
  sessions: '/admin/sessions',
  bookings: '/admin/bookings',
  inbox: '/admin/inbox',
} as const;

export type Viewed = keyof typeof VIEWED;

function inOrder(filter: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(filter);
  query.sort();
  return query.toString();
}

const sameFilter = (
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): boolean => inOrder(one) === inOrder(other);

/**
 * The views of a list, and a form that keeps what is shown now. A list goes without the bar where the API does not
 * tell its views.
 *
 * @param query the filter that is shown, as the API writes it.
 */
export async function viewsBar(
  visit: Visit,
  list: Viewed,
  query: Readonly<Record<string, string>>,
): Promise<Html | null> {
  const words = operatorListsWords[visit.language].views;
  const answer = await visit.api.listViews({ query: { list } });
  if (answer.status !== 200) return null;
  const path = VIEWED[list];
  const { items } = answer.body;
  const links = items.map((view) => {
    const current = sameFilter(view.filter, query) && html` aria-current="true"`;
    return html`<li><a href="${addressOf(path, view.filter)}"${current}>${view.name}</a></li>`;
  });
  const isKept = items.some((view) => sameFilter(view.filter, query));
  const fields = Object.entries(query).map(
    ([name, value]) => html`<input type="hidden" name="filter.${name}" value="${value}">`,
  );
  return html`${items.length > 0 && html`<nav aria-label="${words.bar}"><ul class="bar">${links}<li><a href="/admin/views">${words.manage}</a></li></ul></nav>`}
${
  !isKept &&
  Object.keys(query).length > 0 &&
  folded(
    words.save,
    form(
      visit,
      '/admin/views',
      html`<input type="hidden" name="list" value="${list}">${fields}
${textField({ name: 'name', id: 'view-name', label: words.name, hint: words.nameHint, required: true })}
${tick({ name: 'shared', value: 'yes', label: words.shared })}
<p><button type="submit">${words.saveIt}</button></p>`,
    ),
  )
}`;
}
