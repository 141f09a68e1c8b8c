import { renderTicket } from './twin-render.ts';
import {
  internalError,
  scalarText,
  ZammadRefusal,
  type StoredTicket,
  type Values,
  type ZammadStore,
} from './twin-store.ts';

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

function matches(actual: unknown, operator: unknown, expected: unknown): boolean {
  const wanted = (Array.isArray(expected) ? expected : [expected]).map(scalarText);
  switch (operator) {
    case 'is':
      return wanted.includes(scalarText(actual));
    case 'is not':
      return !wanted.includes(scalarText(actual));
    case 'contains':
      return wanted.some((part) => scalarText(actual).includes(part));
    default:
      throw internalError();
  }
}

/**
 * The search by condition. Zammad's trap is here too: a condition without a value, or with an empty list, is ignored,
 * and arbitrary tickets come back.
 */
export function searchByCondition(store: ZammadStore, condition: Values): readonly StoredTicket[] {
  let hits: readonly StoredTicket[] = store.tickets();
  for (const [name, rule] of Object.entries(condition)) {
    if (!isRecord(rule) || isEmpty(rule['value'])) continue;
    const column = name.replace(/^ticket\./, '');
    hits = hits.filter((ticket) => {
      const row = renderTicket(store, ticket, false);
      if (!(column in row)) throw new ZammadRefusal(422, `Invalid condition: unknown attribute '${name}'`);
      return matches(row[column], rule['operator'], rule['value']);
    });
  }
  return hits;
}

/** Without Elasticsearch: LIKE over title, number and the articles; custom attributes are not searched. */
export function searchByQuery(store: ZammadStore, query: string): readonly StoredTicket[] {
  const needle = query.toLowerCase();
  return store.tickets().filter((ticket) =>
    [
      ticket.title,
      ticket.number,
      ...store
        .articles()
        .filter((article) => article.ticketId === ticket.id)
        .flatMap((article) => [article.body, article.from, article.to ?? '', article.subject]),
    ].some((text) => text.toLowerCase().includes(needle)),
  );
}

/** `POST | GET /api/v1/tickets/search`. */
export function searchTickets(store: ZammadStore, params: Values): readonly unknown[] {
  const condition = params['condition'];
  const query = params['query'];
  let hits: readonly StoredTicket[] = [];
  if (typeof query === 'string' && query !== '') hits = searchByQuery(store, query);
  else if (isRecord(condition)) hits = searchByCondition(store, condition);
  const perPage = Math.min(Number(params['per_page'] ?? params['limit'] ?? 50) || 50, 200);
  const page = Math.max(Number(params['page'] ?? 1) || 1, 1);
  const expand = scalarText(params['expand']) === 'true';
  return hits
    .slice((page - 1) * perPage, page * perPage)
    .map((ticket) => renderTicket(store, ticket, expand));
}
