import { html } from '../../platform/html.ts';
import { operatorListsWords } from '../pages/messages/operator-lists.ts';
import { shown, toldOf } from './answers.ts';
import { folded, textField, tick } from './fields.ts';
import { addressOf } from './filters.ts';
import { form } from './forms.ts';
import { tableCard } from './table.ts';
import { VIEWED, type Viewed } from './views-bar.ts';
import type { OperatorPage, SentForm } from './visit.ts';

const PATH = '/admin/views';
const FILTER = 'filter.';

const isViewed = (list: string): list is Viewed => Object.hasOwn(VIEWED, list);

function filterOf({ fields }: SentForm): Record<string, string> {
  const filter: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields))
    if (name.startsWith(FILTER)) filter[name.slice(FILTER.length)] = value;
  return filter;
}

/** All views of an operator; and where a list's filter is sent to be kept. */
export const viewsPage: OperatorPage = {
  path: PATH,
  async show(visit) {
    const words = operatorListsWords[visit.language].views;
    const { items } = shown(await visit.api.listViews());
    type View = (typeof items)[number];
    const filterInWords = ({ filter }: View) =>
      Object.keys(filter).length === 0
        ? words.everything
        : html`<code>${Object.entries(filter)
            .map(([name, value]) => `${name}=${value}`)
            .join(' ')}</code>`;
    const change = (view: View) =>
      html`${folded(
        words.rename,
        form(
          visit,
          `${PATH}/${view.id}`,
          html`${textField({ name: 'name', id: `name-${view.id}`, label: words.name, value: view.name, required: true })}
${tick({ name: 'shared', value: 'yes', label: words.shared, ticked: view.shared })}
<p class="actions"><button type="submit" name="do" value="save">${words.saveIt}</button> <button class="danger" type="submit" name="do" value="delete">${words.remove}</button></p>`,
        ),
      )}`;
    return {
      kind: 'view',
      title: words.title,
      place: null,
      body: html`<p>${words.lead}</p>
${
  items.length === 0
    ? html`<p class="notice">${words.empty}</p>`
    : tableCard(
        words.title,
        [
          {
            heading: words.name,
            cell: (view) => html`<a href="${addressOf(VIEWED[view.list], view.filter)}">${view.name}</a>`,
          },
          { heading: words.list, cell: (view) => words.lists[view.list] },
          { heading: words.whose, cell: (view) => (view.shared ? words.ofTenant : words.own) },
          { heading: words.what, cell: filterInWords },
          { heading: operatorListsWords[visit.language].actions, cell: change },
        ],
        items,
      )
}`,
    };
  },
  async take({ api }, sent) {
    const list = sent.text('list');
    if (!isViewed(list))
      return { kind: 'go', to: PATH, told: { act: 'createView', outcome: 'invalid-request' } };
    const filter = filterOf(sent);
    const answer = await api.createView({
      body: { list, name: sent.text('name'), filter, shared: sent.text('shared') === 'yes' },
    });
    return { kind: 'go', to: addressOf(VIEWED[list], filter), told: toldOf('createView', answer) };
  },
};

/** Where one of them is changed or deleted. */
export const viewPage: OperatorPage = {
  path: `${PATH}/:id`,
  async take({ req, api }, sent) {
    const path = { id: String(req.params['id']) };
    if (sent.text('do') === 'delete')
      return { kind: 'go', to: PATH, told: toldOf('deleteView', await api.deleteView({ path })) };
    const before = await api.getView({ path });
    if (before.status !== 200) return { kind: 'go', to: PATH, told: toldOf('replaceView', before) };
    const { list, filter } = before.body;
    const answer = await api.replaceView({
      path,
      headers: { 'If-Match': before.headers.get('etag') ?? '' },
      body: { list, filter, name: sent.text('name'), shared: sent.text('shared') === 'yes' },
    });
    return { kind: 'go', to: PATH, told: toldOf('replaceView', answer) };
  },
};
