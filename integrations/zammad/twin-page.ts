import { type Html, html } from '../../platform/html.ts';
import type { PageTable } from '../sandbox/page.ts';
import type { TwinAdmin } from './twin-admin.ts';
import { scalarText } from './twin-refusal.ts';
import type { StoredArticle, StoredTicket, ZammadStore } from './twin-store.ts';

function firstLink(html: string): string {
  return /href="(https?:[^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
}

/** What the twin's page shows. */
export function twinTables(store: ZammadStore, admin: TwinAdmin): readonly PageTable[] {
  return [
    {
      title: 'Tickets',
      columns: ['id', 'number', 'title', 'state', 'session status', 'action', 'customer', 'rev', 'tags'],
      rows: store
        .tickets()
        .map((ticket) => [
          String(ticket.id),
          ticket.number,
          ticket.title,
          ticket.state,
          ticket.sessionStatus,
          ticket.sessionAction,
          store.user(ticket.customerId).login,
          String(ticket.sessionRev),
          ticket.tags.join(', '),
        ]),
    },
    {
      title: 'Articles',
      columns: ['ticket', 'at', 'type', 'to', 'subject', 'text', 'link', 'internal'],
      rows: store
        .articles()
        .map((article) => [
          String(article.ticketId),
          article.createdAt,
          article.type,
          article.to ?? '',
          article.subject,
          article.body,
          firstLink(article.body),
          String(article.internal),
        ]),
    },
    {
      title: 'Users',
      columns: ['id', 'login', 'name'],
      rows: store
        .users()
        .map((user) => [String(user.id), user.login, `${user.firstname} ${user.lastname}`.trim()]),
    },
    {
      title: 'Ticket attributes',
      columns: ['name', 'type', 'in the database', 'known since the restart'],
      rows: store.attributes
        .all()
        .map(({ name, dataType }) => [
          name,
          dataType,
          String(store.attributes.hasColumn(name)),
          String(store.attributes.knows(name)),
        ]),
    },
    {
      title: 'Webhooks, triggers and macros',
      columns: ['kind', 'id', 'name', 'active', 'endpoint'],
      rows: (['webhooks', 'triggers', 'macros'] as const).flatMap((kind) =>
        admin
          .list(kind)
          .map(({ id, values }) => [
            kind,
            String(id),
            scalarText(values['name']),
            scalarText(values['active']),
            scalarText(values['endpoint']),
          ]),
      ),
    },
  ];
}

const form = (action: string, inside: Html): Html =>
  html`<form method="post" action="/sandbox/${action}">${inside}</form>`;

/** The text of an article, its tags taken away: a page of ours shows nobody else's HTML. */
function plain(body: string): string {
  return body
    .replace(/<li>/gi, '• ')
    .replace(/<\/(?:p|li|ul|div)>|<br\s*\/?>/gi, '\n')
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\n\s*\n+/g, '\n')
    .trim();
}

function articleOf({ type, to, subject, body, internal, createdAt }: StoredArticle): Html {
  const link = firstLink(body);
  const isAccess = link.includes('token=');
  return html`<div class="article"><strong>${subject === '' ? type : subject}</strong>
<p><span class="state">${type === 'email' ? `mail to ${to ?? 'the client'}` : internal ? 'note for agents' : type}</span><span class="hint">${createdAt}</span></p>
<p class="text">${plain(body)}</p>
${link !== '' && html`<p><a href="${link}">${isAccess ? 'Open this link, as the client does' : 'Open the link'}</a></p>`}</div>`;
}

function ticketBox(store: ZammadStore, ticket: StoredTicket, choices: readonly string[]): Html {
  const { id, number, title, state, sessionStatus, sessionAction, priority } = ticket;
  const options = ['', ...choices].map(
    (action) => html`<option${action === sessionAction && html` selected`}>${action}</option>`,
  );
  const hidden = html`<input type="hidden" name="ticket_id" value="${id}">`;
  const articles = store.articles().filter((article) => article.ticketId === id);
  return html`<article class="box" id="ticket-${number}"><h3>${title}</h3>
<p><span class="state">${state}</span><span class="state">${priority}</span>${sessionStatus !== '' && html`<span class="state">session: ${sessionStatus}</span>`}</p>
<dl><dt>Number</dt><dd>${number}</dd><dt>Client</dt><dd>${store.user(ticket.customerId).login}</dd></dl>
<details open><summary>Mails and notes (${articles.length})</summary>${articles.map(articleOf).toReversed()}</details>
<div class="acts">${form('action', html`${hidden}<label>session_action<select name="action">${options}</select></label> <button>Set as an agent</button>`)}</div>
<details><summary>What agents do besides</summary><div class="acts">
${form('merge', html`${hidden}<label>Merge into the ticket with number<input name="number"></label> <button class="quiet">Merge</button>`)}
${form('close', html`${hidden}<button class="quiet">Close</button>`)}
${form('delete', html`${hidden}<button class="quiet">Delete</button>`)}</div></details></article>`;
}

/** The twin's page: the tickets, newest first, each with its mails and what an agent can do; then what an admin does. */
export function deskView(store: ZammadStore): string {
  const choices = store.attributes.optionsOf('session_action');
  const tickets = store.tickets().map((ticket) => ticketBox(store, ticket, choices));
  return html`<p>Each session has a ticket. What the client is mailed stands in it, link and all; agents act on it with its field
<code>session_action</code>.</p>
<h2>Tickets (${tickets.length})</h2>
${tickets.length === 0 ? html`<p class="hint">There is no ticket yet. Pay for a session in the shop.</p>` : tickets.toReversed()}
<details><summary>As an administrator of Zammad</summary><div class="acts">${adminForms(store)}</div></details>`
    .text;
}

/** What only a person can do for the set-up: the restart, and rights for our API user. */
function adminForms(store: ZammadStore): readonly Html[] {
  const groups = store
    .groups()
    .filter(({ id }) => !store.apiRights.has(id))
    .map(({ name }) =>
      form(
        'grant',
        html`<input type="hidden" name="group" value="${name}"><button class="quiet">Give the API user all rights on ${name}</button>`,
      ),
    );
  return [form('restart', html`<button class="quiet">Restart Zammad</button>`), ...groups];
}
