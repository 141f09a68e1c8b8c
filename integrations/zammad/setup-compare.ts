import { z } from 'zod';
import type { HeldAttribute, HeldMacro, HeldTrigger, HeldWebhook } from './admin-wire.ts';
import {
  type Screens,
  secretMark,
  type WantedAttribute,
  WEBHOOK_PAYLOAD,
  wantedMacro,
  wantedTrigger,
  wantedWebhook,
  type WebhookTarget,
} from './setup-wanted.ts';

/**
 * What of a thing in Zammad is not as wanted, in words; empty when all is. What a business may decide for itself (labels,
 * positions, notes) is not looked at.
 */
export type Differences = readonly string[];

const objectSchema = z.record(z.string(), z.unknown());

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return objectSchema.safeParse(value).data ?? {};
}

/** A value as text; nothing, and what is no scalar, is empty. */
function scalar(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

const optionList = z.array(z.looseObject({ value: z.string(), name: z.string().optional() }));

/** The options of a select by their keys; Zammad keeps them as an object, or as a list once somebody sorted them. */
export function optionsOf(dataOption: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const sorted = optionList.safeParse(dataOption['options']);
  if (sorted.success) return Object.fromEntries(sorted.data.map(({ value, name }) => [value, name ?? value]));
  return Object.fromEntries(
    Object.entries(objectOf(dataOption['options'])).map(([key, label]) => [key, scalar(label)]),
  );
}

function compareOptions(held: HeldAttribute, wanted: WantedAttribute): Differences {
  const has = Object.keys(optionsOf(held.dataOption));
  const wants = Object.keys(optionsOf(wanted.dataOption));
  const lacking = wants.filter((key) => !has.includes(key));
  const strange = has.filter((key) => !wants.includes(key));
  return [
    ...(lacking.length > 0 ? [`lacks the options ${lacking.join(', ')}`] : []),
    ...(strange.length > 0 ? [`has options that mean nothing here: ${strange.join(', ')}`] : []),
    ...(held.dataOption['nulloption'] === true ? [] : ['cannot be cleared']),
  ];
}

/** The shortest text that fits all that is written: a session's key, a status. */
const NEEDED_LENGTH = 60;

function compareKind(held: HeldAttribute, wanted: WantedAttribute): Differences {
  const { dataOption } = held;
  switch (wanted.dataType) {
    case 'select':
      return compareOptions(held, wanted);
    case 'input':
      return Number(dataOption['maxlength'] ?? 0) < NEEDED_LENGTH ? ['is too short'] : [];
    case 'integer': {
      const fits =
        Number(dataOption['min'] ?? 0) <= 0 && Number(dataOption['max']) === wanted.dataOption['max'];
      return fits ? [] : ['does not hold numbers as large as are needed'];
    }
  }
}

const rulesIn = (
  screens: Screens,
): readonly (readonly [string, { shown?: boolean | undefined; required?: boolean | undefined }])[] =>
  Object.values(screens).flatMap((screen) => Object.entries(screen));

function compareScreens(held: HeldAttribute, wanted: WantedAttribute): Differences {
  const isRequired = rulesIn(held.screens).some(([, { required }]) => required === true);
  const byCustomers = rulesIn(held.screens).some(
    ([who, { shown }]) => (who === 'ticket.customer' || who === '-all-') && shown === true,
  );
  const isWantedOnEdit = wanted.screens['edit']?.['ticket.agent']?.shown === true;
  const isOnEdit = held.screens['edit']?.['ticket.agent']?.shown === true;
  return [
    ...(isRequired ? ['is required, so that every write without it is refused'] : []),
    ...(byCustomers ? ['is shown to customers, who could set it'] : []),
    ...(isWantedOnEdit && !isOnEdit && !byCustomers ? ['is not shown to agents'] : []),
  ];
}

export function compareAttribute(held: HeldAttribute, wanted: WantedAttribute): Differences {
  return [
    ...(held.active ? [] : ['is switched off']),
    ...compareKind(held, wanted),
    ...compareScreens(held, wanted),
  ];
}

/** A token that Zammad shows, as opposed to none and to a row of asterisks. */
const isShown = (token: string | null | undefined): token is string =>
  token !== undefined && token !== null && !/^\*+$/.test(token);

function compareToken(held: HeldWebhook, target: WebhookTarget): Differences {
  const other = ['signs with another token'];
  if (isShown(held.signature_token)) return held.signature_token === target.secret ? [] : other;
  return held.note.includes(secretMark(target.secret)) ? [] : other;
}

function parsedPayload(payload: unknown): unknown {
  if (typeof payload !== 'string') return payload;
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}

export function compareWebhook(held: HeldWebhook, target: WebhookTarget): Differences {
  const wanted = wantedWebhook(target);
  const samePayload =
    held.customized_payload &&
    stable(parsedPayload(held.custom_payload)) === stable(JSON.parse(WEBHOOK_PAYLOAD));
  const method = held.http_method;
  return [
    ...(held.active ? [] : ['is switched off']),
    ...(held.endpoint === wanted.endpoint ? [] : ['sends to another address']),
    ...(held.ssl_verify ? [] : ['does not verify certificates']),
    ...(samePayload ? [] : ['has another payload']),
    ...(method === undefined || method === null || method === wanted.http_method
      ? []
      : ['does not send by POST']),
    ...compareToken(held, target),
  ];
}

/** The same text for the same JSON, whatever the order of its keys, and for numbers and their digits. */
function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).toSorted().join()}]`;
  const object = objectSchema.safeParse(value);
  if (!object.success) return JSON.stringify(scalar(value));
  const fields = Object.entries(object.data).map(([key, field]) => `${key}:${stable(field)}`);
  return `{${fields.toSorted().join()}}`;
}

const expertSchema = z.object({
  operator: z.literal('AND'),
  conditions: z.array(z.looseObject({ name: z.string() })),
});

/** A condition without a form: in Zammad's expert mode it is a list, and a list of one is as good as its element. */
function plainCondition(condition: Readonly<Record<string, unknown>>): string {
  const expert = expertSchema.safeParse(condition);
  const rules = expert.success
    ? Object.fromEntries(expert.data.conditions.map(({ name, ...rule }) => [name, rule]))
    : condition;
  const plain = Object.entries(rules).map(([name, rule]) => {
    const { operator, value, pre_condition: who } = objectOf(rule);
    return [name, { operator, value: [value].flat(), who: who ?? '' }] as const;
  });
  return stable(Object.fromEntries(plain));
}

export function compareTrigger(
  held: HeldTrigger,
  ids: { readonly webhook: number; readonly apiUser: number },
): Differences {
  const wanted = wantedTrigger(ids);
  const webhook = objectOf(held.perform['notification.webhook'])['webhook_id'];
  const others = Object.keys(held.perform).filter((name) => name !== 'notification.webhook');
  return [
    ...(held.active ? [] : ['is switched off']),
    ...(held.activator === wanted.activator ? [] : ['is not activated by an action']),
    ...(held.execution_condition_mode === wanted.execution_condition_mode
      ? []
      : ['runs at every update of a ticket']),
    ...(plainCondition(held.condition) === plainCondition(wanted.condition) ? [] : ['has another condition']),
    ...(scalar(webhook) === String(ids.webhook) ? [] : ['does not call our webhook']),
    ...(others.length === 0 ? [] : [`does more than that: ${others.join(', ')}`]),
  ];
}

/** @param groupId null: not known; then the macro may be anybody's. */
export function compareMacro(held: HeldMacro, groupId: number | null): Differences {
  const choice = objectOf(held.perform['ticket.session_action'])['value'];
  const wanted = wantedMacro().perform['ticket.session_action'].value;
  const isOffered = groupId === null || held.group_ids.length === 0 || held.group_ids.includes(groupId);
  return [
    ...(held.active ? [] : ['is switched off']),
    ...(choice === wanted ? [] : ['does not choose to cancel']),
    ...(isOffered ? [] : ['is not offered in the group']),
  ];
}
