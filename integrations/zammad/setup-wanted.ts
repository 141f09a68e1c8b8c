import { createHash } from 'node:crypto';
import type { TicketAction } from '../../workflows/contract/events.ts';

/** What agents may choose in the field `session_action`, and how it reads. A business may word it in its own way. */
export const actionLabels = {
  cancel: 'Cancel session, refund by policy',
  cancel_no_refund: 'Cancel session, keep the money',
  approve_change: 'Approve late change',
  decline_change: 'Decline late change',
  resend_link: 'Send the link again',
} as const satisfies { readonly [Action in TicketAction]: string };

export const actionNames: readonly string[] = Object.keys(actionLabels);

/** Tags that each ticket gets. */
export const TICKET_TAGS = ['latchkey', 'session'] as const;

export type Screens = Readonly<
  Record<
    string,
    Readonly<
      Record<string, { readonly shown?: boolean | undefined; readonly required?: boolean | undefined }>
    >
  >
>;

export interface WantedAttribute {
  readonly name: string;
  readonly display: string;
  readonly dataType: 'select' | 'input' | 'integer';
  readonly dataOption: Readonly<Record<string, unknown>>;
  readonly screens: Screens;
}

const hidden = { shown: false, required: false };
const shown = { shown: true, required: false };
const onlyOnEdit: Screens = { create_middle: { 'ticket.agent': hidden }, edit: { 'ticket.agent': shown } };
const nowhere: Screens = { create_middle: {}, edit: {} };
const line = { type: 'text', maxlength: 150, default: '', null: true, linktemplate: '', options: {} };

/** The largest value of Zammad's integer columns. `session_rev` counts in seconds since 1970. */
const LARGEST_INTEGER = 2_147_483_647;

/** The ticket attributes that the product writes and reads. None is required anywhere, or every write would be refused. */
export const wantedAttributes: readonly WantedAttribute[] = [
  {
    name: 'session_action',
    display: 'Session action',
    dataType: 'select',
    dataOption: { options: actionLabels, default: '', null: true, nulloption: true, maxlength: 255 },
    screens: onlyOnEdit,
  },
  {
    name: 'session_status',
    display: 'Session status',
    dataType: 'input',
    dataOption: line,
    screens: onlyOnEdit,
  },
  { name: 'session_id', display: 'Session ID', dataType: 'input', dataOption: line, screens: onlyOnEdit },
  {
    name: 'session_rev',
    display: 'Session revision',
    dataType: 'integer',
    dataOption: { default: 0, min: 0, max: LARGEST_INTEGER, null: true, options: {} },
    screens: nowhere,
  },
];

export const attributeNames: readonly string[] = wantedAttributes.map(({ name }) => name);

export const WEBHOOK_NAME = 'Latchkey';
export const TRIGGER_NAME = 'session action -> workflow';
export const MACRO_NAME = 'Cancel session';

/** What `parseZammadWebhook` reads, and nothing of the client's or the agent's words. */
export const WEBHOOK_PAYLOAD = JSON.stringify({
  ticket_id: '#{ticket.id}',
  session_id: '#{ticket.session_id}',
});

/** Where Zammad does not show the token any more, this in the webhook's note tells which one it was given. */
export function secretMark(secret: string): string {
  return createHash('sha256').update(`zammad-webhook|${secret}`).digest('hex').slice(0, 8);
}

export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

/** `http_method` is new in Zammad 7; an older one drops it. */
export function wantedWebhook({ url, secret }: WebhookTarget) {
  return {
    name: WEBHOOK_NAME,
    endpoint: url,
    http_method: 'post',
    signature_token: secret,
    ssl_verify: true,
    customized_payload: true,
    custom_payload: WEBHOOK_PAYLOAD,
    note: `Kept by Latchkey. Signature token ${secretMark(secret)}.`,
    active: true,
  } as const;
}

/**
 * Fires for an agent's choice, whatever the ticket's group, and never for what our API user writes, so that clearing
 * the field is not heard as a choice.
 */
export function wantedTrigger(ids: { readonly webhook: number; readonly apiUser: number }) {
  return {
    name: TRIGGER_NAME,
    activator: 'action',
    execution_condition_mode: 'selective',
    active: true,
    condition: {
      'ticket.action': { operator: 'is', value: 'update' },
      'ticket.session_action': { operator: 'is', value: actionNames },
      'ticket.updated_by_id': { operator: 'is not', pre_condition: 'specific', value: String(ids.apiUser) },
    },
    perform: { 'notification.webhook': { webhook_id: String(ids.webhook) } },
    note: 'Kept by Latchkey.',
  } as const;
}

/** Only chooses; the session carries it out and closes the ticket. */
export function wantedMacro() {
  return {
    name: MACRO_NAME,
    perform: { 'ticket.session_action': { value: 'cancel' } },
    ux_flow_next_up: 'none',
    active: true,
    note: 'Kept by Latchkey.',
  } as const;
}
