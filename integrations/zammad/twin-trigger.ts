import { createHmac, randomUUID } from 'node:crypto';
import type { Webhook } from '../sandbox/webhook-sender.ts';
import { API_USER_ID, type StoredTicket, type ZammadStore } from './twin-store.ts';

/**
 * Reference: section 1.10, the trigger on `session_action`. `selective`: an attribute of its condition changed, or an
 * article was added. What the API user writes never fires it, so that clearing the field is not heard as a choice.
 */
export function triggerFires(before: StoredTicket, after: StoredTicket, addsArticle: boolean): boolean {
  if (after.sessionAction === '' || after.updatedById === API_USER_ID) return false;
  return (
    addsArticle ||
    before.sessionAction !== after.sessionAction ||
    before.updatedById !== after.updatedById ||
    before.group !== after.group
  );
}

/** Ruby's `to_json` escapes these three. */
function rubyJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The trigger's webhook for a ticket, under a delivery id that is the same at each attempt. */
export function triggerWebhook(
  store: ZammadStore,
  ticket: StoredTicket,
  target: { readonly url: string; readonly secret: string },
): Webhook {
  const delivery = randomUUID();
  return {
    url: target.url,
    event: 'ticket.action',
    render() {
      // Rendered anew at each attempt: it may show a later state than the one that fired the trigger.
      const body = Buffer.from(
        rubyJson({
          ticket_id: String(ticket.id),
          number: ticket.number,
          session_id: ticket.sessionId,
          action: ticket.sessionAction,
          state: ticket.state,
          updated_by: store.user(ticket.updatedById).login,
          article: '',
        }),
      );
      return {
        body,
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'User-Agent': 'Zammad User Agent',
          Accept: '*/*',
          'X-Zammad-Trigger': 'session action -> workflow',
          'X-Zammad-Delivery': delivery,
          'X-Hub-Signature': `sha1=${createHmac('sha1', target.secret).update(body).digest('hex')}`,
        },
      };
    },
  };
}
