import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { readInstant } from '../../integrations/saleor/instant.ts';
import { type Html, html } from '../../platform/html.ts';
import { operatorListsWords } from '../pages/messages/operator-lists.ts';
import { NothingToShow } from './answers.ts';
import { INSIDE_ORIGIN } from './inside.ts';
import { choiceField, textField } from './fields.ts';
import { localInput } from './times.ts';
import type { PageAnswer, Visit } from './visit.ts';

/** A field that a list is filtered by; its name is that of the API's own parameter. */
export type Filter =
  | { readonly kind: 'text'; readonly name: string; readonly label: string; readonly hint?: string }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly label: string;
      /** Without "any", unless `always`. */
      readonly options: readonly (readonly [value: string, words: string])[];
      /** One of them always holds: the first, where nothing is chosen. */
      readonly always?: boolean;
    }
  /** Typed in the operator's zone, kept as an instant. */
  | { readonly kind: 'instant'; readonly name: string; readonly label: string };

/** What a list was asked for. */
export interface Filtered {
  /** As the API's query writes it; fields that are empty are left out. */
  readonly query: Readonly<Record<string, string>>;
  /** By the name of the field. */
  readonly errors: Readonly<Record<string, string>>;
}

const ZONED = /(Z|[+-]\d\d:\d\d)$/;

/** The filter in the page's address. */
export function filteredBy({ req, language, zone }: Visit, filters: readonly Filter[]): Filtered {
  const words = operatorListsWords[language];
  const query: Record<string, string> = {};
  const errors: Record<string, string> = {};
  for (const { kind, name, label } of filters) {
    const given: unknown = req.query[name];
    const text = typeof given === 'string' ? given.trim() : '';
    if (text === '') continue;
    const at = kind === 'instant' && !ZONED.test(text) ? readInstant(text, zone) : undefined;
    if (kind !== 'instant' || ZONED.test(text)) query[name] = text;
    else if (at === undefined) errors[name] = words.noInstant(label);
    else query[name] = new Date(at).toISOString();
  }
  return { query, errors };
}

function field(visit: Visit, filter: Filter, { query, errors }: Filtered): Html {
  const { name, label } = filter;
  const words = operatorListsWords[visit.language];
  const value = query[name] ?? '';
  const error = errors[name] === undefined ? {} : { error: errors[name] };
  const id = `filter-${name}`;
  switch (filter.kind) {
    case 'text':
      return textField({
        name,
        id,
        label,
        value,
        ...error,
        ...(filter.hint === undefined ? {} : { hint: filter.hint }),
      });
    case 'choice': {
      const options = [...(filter.always === true ? [] : [['', words.any] as const]), ...filter.options];
      return choiceField({ name, id, label, value, options, ...error });
    }
    case 'instant': {
      const local = value === '' ? '' : localInput(value, visit.zone);
      return textField({ name, id, label, type: 'datetime-local', value: local, ...error });
    }
  }
}

/** The form above a list. */
export function filterForm(visit: Visit, path: string, filters: readonly Filter[], filtered: Filtered): Html {
  const words = operatorListsWords[visit.language];
  return html`<form class="card" method="get" action="${path}" role="search" aria-label="${words.filter}">
<div class="filters">${filters.map((filter) => field(visit, filter, filtered))}</div>
<p class="actions"><button type="submit">${words.apply}</button> <a class="button secondary" href="${path}">${words.reset}</a></p>
</form>`;
}

/** A page's address with a filter. */
export function addressOf(path: string, query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Where the page of a list that is asked for begins; null: the first one. */
export function cursorIn({ req }: Visit): string | null {
  const { cursor } = req.query;
  return typeof cursor === 'string' && cursor !== '' ? cursor : null;
}

/** The way on from a page of a list, and the whole list as a file. @param csv false: there is no such file. */
export function listFoot(
  visit: Visit,
  path: string,
  list: {
    readonly query: Readonly<Record<string, string>>;
    readonly next: string | null;
    readonly csv: boolean;
  },
): Html {
  const words = operatorListsWords[visit.language];
  const { query, next, csv } = list;
  const onward = next !== null && addressOf(path, { ...query, cursor: next });
  return html`<p class="actions no-print">${cursorIn(visit) !== null && html`<a class="button secondary" href="${addressOf(path, query)}">${words.first}</a>`}${
    onward !== false && html`<a class="button secondary" href="${onward}" rel="next">${words.next}</a>`
  }${csv && html`<a class="button secondary" href="${addressOf(`${path}.csv`, query)}">${words.csv}</a>`}</p>`;
}

/**
 * Passes an export of the API on as it comes.
 *
 * @param apiPath of the list.
 * @throws {NothingToShow} for a refusal.
 */
export async function sendExport(visit: Visit, apiPath: string): Promise<PageAnswer> {
  const { req, res } = visit;
  const query = new URL(req.originalUrl, 'http://ours.invalid').search;
  const answer = await visit.fetch(`${INSIDE_ORIGIN}${apiPath}${query}`, {
    headers: { accept: 'text/csv' },
    signal: AbortSignal.timeout(10 * 60_000),
  });
  if (answer.status !== 200 || answer.body === null)
    throw new NothingToShow(answer.status, answer.status === 403 ? 'not-allowed' : 'invalid-request');
  for (const name of ['content-type', 'content-disposition']) {
    const value = answer.headers.get(name);
    if (value !== null) res.set(name, value);
  }
  // A broken export breaks off, so that half of it never looks like the whole.
  await pipeline(Readable.fromWeb(answer.body as never), res).catch(() => res.destroy());
  return { kind: 'sent' };
}
