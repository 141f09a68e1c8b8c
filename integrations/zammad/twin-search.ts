import { renderTicket } from './twin-render.ts';
import { internalError, scalarText, ZammadRefusal, type Values } from './twin-refusal.ts';
import type { StoredTicket, ZammadStore } from './twin-store.ts';

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Columns of a ticket that conditions are made of, beside the attributes that somebody added. */
const ticketColumns: ReadonlySet<string> = new Set([
  'id',
  'number',
  'title',
  'group_id',
  'state_id',
  'priority_id',
  'owner_id',
  'customer_id',
  'created_by_id',
  'updated_by_id',
  'updated_at',
]);

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** One rule of a condition. */
export function matches(actual: unknown, operator: unknown, expected: unknown): boolean {
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
    const isCustom = column.startsWith('session_');
    if (isCustom ? !store.attributes.knows(column) : !ticketColumns.has(column))
      throw new ZammadRefusal(422, `Invalid condition: unknown attribute '${name}'`);
    hits = hits.filter((ticket) =>
      matches(renderTicket(store, ticket, false)[column], rule['operator'], rule['value']),
    );
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

/** Only by the time of the last change; in any other order Zammad is as good as any. */
function sortedBy(params: Values, hits: readonly StoredTicket[]): readonly StoredTicket[] {
  if (params['sort_by'] !== 'updated_at') return hits;
  const sign = params['order_by'] === 'desc' ? -1 : 1;
  return hits.toSorted((a, b) => sign * (Date.parse(a.updatedAt) - Date.parse(b.updatedAt)));
}

/**
 * `POST | GET /api/v1/tickets/search`, of what this user may read. Without `expand` Zammad up to 6.4 answers ids and
 * assets, a later one a list.
 */
export function searchTickets(
  store: ZammadStore,
  params: Values,
  asker: { readonly by: number; readonly isBefore65: boolean },
): unknown {
  const condition = params['condition'];
  const query = params['query'];
  let hits: readonly StoredTicket[] = [];
  if (typeof query === 'string' && query !== '') hits = searchByQuery(store, query);
  else if (isRecord(condition)) hits = searchByCondition(store, condition);
  const perPage = Math.min(Number(params['per_page'] ?? params['limit'] ?? 50) || 50, 200);
  const page = Math.max(Number(params['page'] ?? 1) || 1, 1);
  const expand = scalarText(params['expand']) === 'true';
  const found = sortedBy(params, hits)
    .filter((ticket) => store.may(asker.by, 'read', ticket))
    .slice((page - 1) * perPage, page * perPage);
  if (expand || !asker.isBefore65) return found.map((ticket) => renderTicket(store, ticket, expand));
  const assets = Object.fromEntries(
    found.map((ticket) => [String(ticket.id), renderTicket(store, ticket, false)]),
  );
  return { tickets: found.map(({ id }) => id), tickets_count: found.length, assets: { Ticket: assets } };
}
