import { API_USER_ID } from './twin-store.ts';
import { scalarText, ZammadRefusal, type Values } from './twin-refusal.ts';
import {
  TICKET_TAGS,
  wantedMacro,
  wantedTrigger,
  wantedWebhook,
  type WebhookTarget,
} from './setup-wanted.ts';
import type { TwinAttributes } from './twin-attributes.ts';

/** One webhook, trigger or macro: Zammad answers what it was given. */
export interface StoredRecord {
  readonly id: number;
  values: Values;
}

export type RecordKind = 'webhooks' | 'triggers' | 'macros';

const models: Readonly<Record<RecordKind, string>> = {
  webhooks: 'Webhook',
  triggers: 'Trigger',
  macros: 'Macro',
};

/** Zammad has one webhook's secrets no more to show, from 7 on. */
const MASK = '**********';
const SECRETS = ['signature_token', 'bearer_token', 'basic_auth_password'] as const;

/** Columns that are new in 7: an older Zammad drops them. */
const SINCE_7 = ['http_method', 'bearer_token'] as const;

export interface TwinAdmin {
  list(kind: RecordKind): readonly StoredRecord[];
  create(kind: RecordKind, values: Values): StoredRecord;
  change(kind: RecordKind, id: number, values: Values): StoredRecord;
  render(kind: RecordKind, record: StoredRecord, at: string): Values;
  tags(): readonly string[];
  addTag(name: string): void;
  /** As a Zammad that is set up has it; undefined: there is no webhook and no trigger. */
  setWebhook(target: WebhookTarget | undefined): void;
}

export function createTwinAdmin(settings: {
  readonly isBefore7: boolean;
  readonly attributes: TwinAttributes;
  /** Tags and macro are there from the beginning. */
  readonly isSetUp: boolean;
}): TwinAdmin {
  const { isBefore7, attributes } = settings;
  const records: Record<RecordKind, StoredRecord[]> = { webhooks: [], triggers: [], macros: [] };
  const tags: string[] = [];
  let last = 0;

  function add(kind: RecordKind, values: Values): StoredRecord {
    last += 1;
    const record = { id: last, values };
    records[kind].push(record);
    return record;
  }

  function withoutUnknown(kind: RecordKind, values: Values): Values {
    const { id: _, ...given } = values;
    if (kind !== 'webhooks' || !isBefore7) return given;
    return Object.fromEntries(
      Object.entries(given).filter(([name]) => !(SINCE_7 as readonly string[]).includes(name)),
    );
  }

  function checkCondition(values: Values): void {
    const condition = values['condition'];
    if (typeof condition !== 'object' || condition === null) return;
    for (const name of Object.keys(condition)) {
      const column = name.replace(/^ticket\./, '');
      if (column.startsWith('session_') && !attributes.hasColumn(column))
        throw new ZammadRefusal(422, 'Invalid ticket selector conditions');
    }
  }

  function check(kind: RecordKind, id: number | null, values: Values): void {
    const name = scalarText(values['name']);
    if (name === '') throw new ZammadRefusal(422, "Name can't be blank");
    const isTaken = records[kind].some(
      (one) => one.id !== id && scalarText(one.values['name']).toLowerCase() === name.toLowerCase(),
    );
    if (kind === 'triggers') {
      if (isTaken) throw new ZammadRefusal(422, 'Name has already been taken');
      checkCondition(values);
    }
    if (kind === 'webhooks' && !/^https?:\/\/[^/\s]+/.test(scalarText(values['endpoint'])))
      throw new ZammadRefusal(422, 'Invalid endpoint (no http/https)!');
  }

  function setWebhook(target: WebhookTarget | undefined): void {
    records.webhooks = [];
    records.triggers = [];
    if (target === undefined) return;
    const webhook = add('webhooks', withoutUnknown('webhooks', wantedWebhook(target)));
    add('triggers', wantedTrigger({ webhook: webhook.id, apiUser: API_USER_ID }));
  }

  if (settings.isSetUp) {
    tags.push(...TICKET_TAGS);
    add('macros', wantedMacro());
  }

  return {
    list: (kind) => records[kind],
    create(kind, given) {
      const values = withoutUnknown(kind, given);
      check(kind, null, values);
      return add(kind, values);
    },
    change(kind, id, given) {
      const record = records[kind].find((one) => one.id === id);
      if (!record) throw new ZammadRefusal(404, `Couldn't find ${models[kind]} with 'id'=${id}`);
      const kept = Object.entries(withoutUnknown(kind, given)).filter(([, value]) => value !== MASK);
      const values = { ...record.values, ...Object.fromEntries(kept) };
      check(kind, id, values);
      record.values = values;
      return record;
    },
    render(kind, { id, values }, at) {
      const masked =
        kind === 'webhooks' && !isBefore7
          ? Object.fromEntries(SECRETS.map((name) => [name, scalarText(values[name]) === '' ? '' : MASK]))
          : {};
      const common = { updated_by_id: 3, created_by_id: 3, created_at: at, updated_at: at };
      return { id, ...values, ...masked, ...common };
    },
    tags: () => tags,
    addTag(name) {
      if (!tags.includes(name)) tags.push(name);
    },
    setWebhook,
  };
}
