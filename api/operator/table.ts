import { type Html, html } from '../../platform/html.ts';

/** One column of a table: its heading, and what stands in it. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => Html | string | number | null;
  readonly number?: boolean;
}

/** A table whose rows are boxes where there is no room for columns. */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html {
  const cells = (row: Row): readonly Html[] =>
    columns.map(
      ({ heading, cell, number }) =>
        html`<td data-label="${heading}"${number === true && html` class="number"`}>${cell(row) ?? '–'}</td>`,
    );
  return html`<table class="stack">
<caption class="hidden-words">${caption}</caption>
<thead><tr>${columns.map(({ heading, number }) => html`<th scope="col"${number === true && html` class="number"`}>${heading}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${cells(row)}</tr>`)}</tbody>
</table>`;
}

/** The same in a box of its own. */
export function tableCard<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html {
  return html`<div class="card">${table(caption, columns, rows)}</div>`;
}

/** Names and values; those without a value are left out. */
export function facts(entries: readonly (readonly [string, Html | string | number | null])[]): Html {
  const given = entries.filter(([, value]) => value !== null && value !== '');
  return html`<dl class="facts">${given.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

export type Tone = 'plain' | 'ok' | 'warn' | 'danger';

/** A state, in words; the colour only repeats them. */
export const badge = (words: string, tone: Tone): Html =>
  html`<span class="badge${tone !== 'plain' && ` ${tone}`}">${words}</span>`;
