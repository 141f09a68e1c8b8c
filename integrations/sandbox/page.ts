import { escapeHtml } from '../../platform/html.ts';
import { SANDBOX_STYLE } from './style.ts';

/** One table on a twin's page. Cells are text; a cell that is an http(s) URL becomes a link. */
export interface PageTable {
  readonly title: string;
  /** What is said instead of rows. */
  readonly empty?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Another page that somebody who clicks through goes to next. */
export interface Neighbour {
  readonly name: string;
  readonly url: string;
}

function cell(text: string): string {
  const safe = escapeHtml(text);
  return /^https?:\/\/\S+$/.test(text) ? `<a href="${safe}">${safe}</a>` : safe;
}

function tableHtml({ title, columns, rows, empty }: PageTable): string {
  const name = escapeHtml(title);
  const heading = `<h2>${name} (${rows.length})</h2>`;
  if (rows.length === 0) return `${heading}<p class="hint">${escapeHtml(empty ?? 'None yet.')}</p>`;
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('');
  const body = rows.map((row) => {
    const cells = row.map(
      (text, at) => `<td data-column="${escapeHtml(columns[at] ?? '')}">${cell(text)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  return `${heading}
<div class="scroll" role="region" aria-label="${name}" tabindex="0"><table><thead><tr>${head}</tr></thead>
<tbody>${body.join('\n')}</tbody></table></div>`;
}

/**
 * A whole page of whoever stands in for a vendor: it says so before anything else.
 *
 * @param page.body HTML.
 */
export function sandboxPage(page: {
  readonly vendor: string;
  readonly title: string;
  readonly body: string;
  readonly neighbours?: readonly Neighbour[];
  /** For a form of a few fields. */
  readonly narrow?: true;
}): string {
  const vendor = escapeHtml(page.vendor);
  const links = (page.neighbours ?? []).map(
    ({ name, url }) => `<li><a href="${escapeHtml(url)}">${escapeHtml(name)}</a></li>`,
  );
  const nav =
    links.length === 0 ? '' : `<nav aria-label="Other pages"><ul class="nav">${links.join('')}</ul></nav>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)} (${vendor} sandbox)</title>
<style>${SANDBOX_STYLE}</style></head>
<body${page.narrow ? ' class="narrow"' : ''}><p class="sandbox" role="note"><strong>Sandbox: stands in for ${vendor}.</strong> Nothing real happens here.</p>
${nav}<main${page.narrow ? ' class="narrow"' : ''}><h1>${escapeHtml(page.title)}</h1>
${page.body}</main></body></html>`;
}

/** What a twin holds. Where it has a view of its own, the tables are below it, folded. */
export function renderTwinPage(
  vendor: string,
  tables: readonly PageTable[],
  page: { readonly view?: string | undefined; readonly neighbours?: readonly Neighbour[] } = {},
): string {
  const { view, neighbours = [] } = page;
  const all = tables.map(tableHtml).join('\n');
  const body =
    view === undefined
      ? all
      : `${view}\n<details><summary>Everything that it holds</summary>${all}</details>`;
  return sandboxPage({ vendor, title: vendor, body, neighbours });
}
