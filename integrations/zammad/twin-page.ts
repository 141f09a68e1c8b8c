import { escapeHtml } from '../../platform/html.ts';
import type { PageTable } from '../sandbox/page.ts';
import type { TwinAdmin } from './twin-admin.ts';
import { scalarText } from './twin-refusal.ts';
import type { StoredTicket, ZammadStore } from './twin-store.ts';

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

const form = (action: string, inside: string): string =>
  `<form method="post" action="/sandbox/${action}">${inside}</form>`;

function actionForm(ticket: StoredTicket, choices: readonly string[]): string {
  const options = ['', ...choices]
    .map((action) => `<option${action === ticket.sessionAction ? ' selected' : ''}>${action}</option>`)
    .join('');
  const id = `<input type="hidden" name="ticket_id" value="${ticket.id}">`;
  return `<fieldset><legend>${escapeHtml(`${ticket.number} ${ticket.title}`)}</legend>
${form('action', `${id}<label>session_action <select name="action">${options}</select></label> <button>Set as an agent</button>`)}
${form('merge', `${id}<label>merge into number <input name="number"></label> <button>Merge</button>`)}
${form('close', `${id}<button>Close</button>`)}
${form('delete', `${id}<button>Delete</button>`)}</fieldset>`;
}

/** A form per ticket, newest first, by which an agent acts on it. */
export function actionForms(store: ZammadStore): string {
  const choices = store.attributes.optionsOf('session_action');
  return store
    .tickets()
    .map((ticket) => actionForm(ticket, choices))
    .toReversed()
    .join('\n');
}

/** What only a person can do for the set-up: the restart, and rights for our API user. */
export function adminForms(store: ZammadStore): string {
  const groups = store
    .groups()
    .filter(({ id }) => !store.apiRights.has(id))
    .map(({ name }) => escapeHtml(name))
    .map((name) =>
      form(
        'grant',
        `<input type="hidden" name="group" value="${name}"><button>Give the API user all rights on ${name}</button>`,
      ),
    );
  return [form('restart', '<button>Restart Zammad</button>'), ...groups].join('\n');
}
