import { escapeHtml } from '../../platform/html.ts';
import { sandboxPage } from './page.ts';

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
    body: sandboxPage({ vendor, title, body, narrow: true }),
  };
}

/** A field that must be filled in. */
export function formInput(name: string, label: string, value: string, type = 'text'): string {
  return `<label>${escapeHtml(label)}<input name="${name}" type="${type}" value="${escapeHtml(value)}" required></label>`;
}

export function jsonPage(status: number, body: unknown): PageAnswer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}
