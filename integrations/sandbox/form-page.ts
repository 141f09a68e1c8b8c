import { escapeHtml } from '../../platform/html.ts';

export interface PageAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A plain page of a twin for a vendor's own customers. It says that it is a sandbox. */
export function formPage(vendor: string, status: number, title: string, body: string): PageAnswer {
  return {
    status,
    contentType: 'text/html; charset=utf-8',
    body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} (${escapeHtml(vendor)} sandbox)</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:1.5rem;max-width:32rem}.sandbox{background:#fff3cd;border:1px solid #8a6d00;padding:.5rem 1rem}
label{display:block;margin:.75rem 0}input{display:block;width:100%;font:inherit;padding:.25rem}</style></head>
<body><p class="sandbox"><strong>Sandbox.</strong> A twin of ${escapeHtml(vendor)} for local use: nothing here is real.</p>
<h1>${escapeHtml(title)}</h1>
${body}</body></html>`,
  };
}

/** A field that must be filled in. */
export function formInput(name: string, label: string, value: string, type = 'text'): string {
  return `<label>${escapeHtml(label)}<input name="${name}" type="${type}" value="${escapeHtml(value)}" required></label>`;
}

export function jsonPage(status: number, body: unknown): PageAnswer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}
