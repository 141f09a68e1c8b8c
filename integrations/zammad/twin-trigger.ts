import { createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Webhook } from '../sandbox/webhook-sender.ts';
import type { StoredRecord } from './twin-admin.ts';
import { scalarText, type Values } from './twin-refusal.ts';
import { renderArticle, renderTicket, renderUser } from './twin-render.ts';
import { matches } from './twin-search.ts';
import type { StoredArticle, StoredTicket, ZammadStore } from './twin-store.ts';

const objectSchema = z.record(z.string(), z.unknown());
const objectOf = (value: unknown): Values => objectSchema.safeParse(value).data ?? {};

/** One write of a ticket. */
export interface TicketWrite {
  readonly action: 'create' | 'update';
  readonly before: Values;
  readonly after: Values;
  readonly article: StoredArticle | undefined;
}

interface Rule {
  readonly name: string;
  readonly rule: Values;
}

/** Zammad takes a condition as an object by names, or, in its expert mode, as a tree; of that only `AND` is played. */
function rulesOf(condition: Values): readonly Rule[] {
  const list = condition['conditions'];
  if (!Array.isArray(list))
    return Object.entries(condition).map(([name, rule]) => ({ name, rule: objectOf(rule) }));
  return list.map((one) => ({ name: scalarText(objectOf(one)['name']), rule: objectOf(one) }));
}

/**
 * Reference: section 1.10. `selective`: an attribute of the condition changed or an article was added, and the
 * condition holds; `always`: it holds.
 */
export function triggerFires(trigger: Values, { action, before, after, article }: TicketWrite): boolean {
  if (trigger['active'] !== true || trigger['activator'] !== 'action') return false;
  const rules = rulesOf(objectOf(trigger['condition']));
  const isMet = rules.every(({ name, rule }) => {
    const { operator, value } = rule;
    if (name === 'ticket.action') return matches(action, operator, value);
    if (name === 'article.action') return matches(article ? 'create' : '', operator, value);
    return matches(after[name.replace(/^ticket\./, '')], operator, value);
  });
  if (!isMet) return false;
  if (trigger['execution_condition_mode'] === 'always' || article) return true;
  const columns = rules.map(({ name }) => name.replace(/^ticket\./, '')).filter((name) => name !== 'action');
  return columns.some((name) => scalarText(before[name]) !== scalarText(after[name]));
}

/** Ruby's `to_json` escapes these three. */
function rubyJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const sorted = (fields: Values): Values =>
  Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** What placeholders and Zammad's own payload are made of: relations are objects there, and the state is a word. */
function contextOf(store: ZammadStore, ticket: StoredTicket, article: StoredArticle | undefined) {
  const user = (id: number): Values => sorted(renderUser(store.user(id)));
  const relations = {
    owner: user(ticket.ownerId),
    customer: user(ticket.customerId),
    created_by: user(ticket.createdById),
    updated_by: user(ticket.updatedById),
    organization: {},
    group: { name: ticket.group },
    priority: { name: ticket.priority },
  };
  const plain = renderTicket(store, ticket, false);
  const written = article
    ? {
        ...renderArticle(store, article),
        created_by: user(article.createdById),
        updated_by: user(article.createdById),
      }
    : {};
  return {
    payload: {
      ticket: sorted({ ...plain, ...relations, state: ticket.state }),
      article: sorted(written),
    },
    placeholders: { ticket: { ...plain, ...relations, state: { name: ticket.state } }, article: written },
  };
}

/** Every value is filled in as text. */
function filled(template: unknown, context: Values): unknown {
  if (typeof template === 'string')
    return template.replace(/#\{([a-z0-9_.]+)\}/g, (whole, path: string) => {
      let value: unknown = context;
      for (const part of path.split('.')) {
        const fields = objectOf(value);
        if (!Object.hasOwn(fields, part))
          return path.startsWith('article') ? '' : whole.replace('}', ' / no such method}');
        value = fields[part];
      }
      return scalarText(value);
    });
  if (Array.isArray(template)) return template.map((one) => filled(one, context));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, one]) => [key, filled(one, context)]));
}

function authorization(webhook: Values): Record<string, string> {
  const bearer = scalarText(webhook['bearer_token']);
  if (bearer !== '') return { Authorization: `Bearer ${bearer}` };
  const user = scalarText(webhook['basic_auth_username']);
  if (user === '') return {};
  const pair = Buffer.from(`${user}:${scalarText(webhook['basic_auth_password'])}`).toString('base64');
  return { Authorization: `Basic ${pair}` };
}

/** A webhook for a ticket, under a delivery id that is the same at each attempt. */
export function triggerWebhook(
  store: ZammadStore,
  about: { readonly ticket: StoredTicket; readonly article: StoredArticle | undefined },
  trigger: StoredRecord,
  webhook: StoredRecord,
): Webhook {
  const delivery = randomUUID();
  const { values } = webhook;
  return {
    url: scalarText(values['endpoint']),
    event: 'ticket.action',
    render() {
      // Rendered anew at each attempt: it may show a later state than the one that fired the trigger.
      const { payload, placeholders } = contextOf(store, about.ticket, about.article);
      const custom = scalarText(values['custom_payload']);
      const content =
        values['customized_payload'] === true && custom !== ''
          ? filled(JSON.parse(custom), placeholders)
          : payload;
      const body = Buffer.from(rubyJson(content));
      const secret = scalarText(values['signature_token']);
      return {
        body,
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'User-Agent': 'Zammad User Agent',
          Accept: '*/*',
          'X-Zammad-Trigger': scalarText(trigger.values['name']),
          'X-Zammad-Delivery': delivery,
          ...(secret === ''
            ? {}
            : { 'X-Hub-Signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}` }),
          ...authorization(values),
        },
      };
    },
  };
}
