import { escapeHtml } from '../../platform/html.ts';

/** One table on a twin's page. Cells are text; a cell that is an http(s) URL becomes a link. */
export interface PageTable {
  readonly title: string;
  /** What is said instead of rows. */
  readonly empty?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function cell(text: string): string {
  const safe = escapeHtml(text);
  return /^https?:\/\//.test(text) ? `<a href="${safe}">${safe}</a>` : safe;
}

/** A plain page that shows what a twin holds. It says that it is a sandbox. */
export function renderTwinPage(vendor: string, tables: readonly PageTable[], extraHtml = ''): string {
  const body = tables
    .map(
      (table) => `<h2>${escapeHtml(table.title)} (${table.rows.length})</h2>
<table><thead><tr>${table.columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('')}</tr></thead>
<tbody>${table.rows.map((row) => `<tr>${row.map((text) => `<td>${cell(text)}</td>`).join('')}</tr>`).join('\n')}</tbody></table>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(vendor)} sandbox</title>
<style>body{font:15px/1.5 system-ui,sans-serif;margin:1.5rem;max-width:75rem}.sandbox{background:#fff3cd;border:1px solid #8a6d00;padding:.5rem 1rem}
table{border-collapse:collapse;display:block;overflow-x:auto}th,td{border:1px solid #bbb;padding:.25rem .5rem;text-align:left;vertical-align:top}</style></head>
<body><h1>${escapeHtml(vendor)}</h1><p class="sandbox"><strong>Sandbox.</strong> A twin of ${escapeHtml(vendor)} for local use: nothing here is real.</p>
${extraHtml}
${body}</body></html>`;
}
