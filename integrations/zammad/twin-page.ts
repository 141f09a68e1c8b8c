import { escapeHtml } from '../../platform/html.ts';
import type { PageTable } from '../sandbox/page.ts';
import { sessionActions, type StoredTicket, type ZammadStore } from './twin-store.ts';

function firstLink(html: string): string {
  return /href="(https?:[^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
}

/** What the twin's page shows. */
export function twinTables(store: ZammadStore): readonly PageTable[] {
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
  ];
}

function actionForm(ticket: StoredTicket): string {
  const options = sessionActions
    .map((action) => `<option${action === ticket.sessionAction ? ' selected' : ''}>${action}</option>`)
    .join('');
  return `<form method="post" action="/sandbox/action"><fieldset><legend>${escapeHtml(`${ticket.number} ${ticket.title}`)}</legend>
<input type="hidden" name="ticket_id" value="${ticket.id}">
<label>session_action <select name="action">${options}</select></label>
<button>Set as an agent</button></fieldset></form>`;
}

/** A form per ticket, newest first, by which an agent sets the field `session_action`. */
export const actionForms = (store: ZammadStore): string =>
  store.tickets().map(actionForm).toReversed().join('\n');
