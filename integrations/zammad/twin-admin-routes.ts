import type { RecordKind, TwinAdmin } from './twin-admin.ts';
import { renderAttribute } from './twin-attributes.ts';
import { scalarText, ZammadRefusal, type Values } from './twin-refusal.ts';
import type { StoredGroup, ZammadStore } from './twin-store.ts';

export interface AdminRequest {
  /** Method and path below `/api/v1`. */
  readonly route: string;
  readonly values: Values;
  /** Throws when token or user lack the permission. */
  readonly need: (...anyOf: readonly string[]) => void;
  readonly at: string;
}

export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
}

const permissions: Readonly<Record<RecordKind, string>> = {
  webhooks: 'admin.webhook',
  triggers: 'admin.trigger',
  macros: 'admin.macro',
};

const renderGroup = (group: StoredGroup, at: string): Values => ({
  id: group.id,
  name: group.name,
  assignment_timeout: null,
  follow_up_possible: 'yes',
  follow_up_assignment: true,
  email_address_id: null,
  signature_id: null,
  note: group.note,
  active: group.active,
  updated_by_id: 3,
  created_by_id: 3,
  created_at: at,
  updated_at: at,
});

const ok = (body: unknown): AdminAnswer => ({ status: 200, body });
const made = (body: unknown): AdminAnswer => ({ status: 201, body });

function isKind(name: string | undefined): name is RecordKind {
  return name !== undefined && Object.hasOwn(permissions, name);
}

/** Webhooks, triggers and macros have the same four endpoints. */
function answerRecords(admin: TwinAdmin, request: AdminRequest): AdminAnswer | undefined {
  const { route, values, need, at } = request;
  const [, method, kind, id] = /^(GET|POST|PUT) \/([a-z]+)(?:\/(\d+))?$/.exec(route) ?? [];
  if (!isKind(kind)) return undefined;
  // Agents need macros for their work.
  if (method === 'GET' && kind === 'macros') need('admin.macro', 'ticket.agent');
  else need(permissions[kind]);
  const render = (record: Parameters<TwinAdmin['render']>[1]) => admin.render(kind, record, at);
  if (method === 'GET' && id === undefined) return ok(admin.list(kind).map(render));
  if (method === 'POST' && id === undefined) return made(render(admin.create(kind, values)));
  if (method === 'PUT' && id !== undefined) return ok(render(admin.change(kind, Number(id), values)));
  return undefined;
}

/** What only admins may: the set-up's endpoints. Undefined: not one of them. */
export function answerAdmin(
  store: ZammadStore,
  admin: TwinAdmin,
  version: string,
  request: AdminRequest,
): AdminAnswer | undefined {
  const { route, values, need, at } = request;
  const { attributes } = store;
  const records = answerRecords(admin, request);
  if (records) return records;
  switch (route) {
    case 'GET /version':
      need('admin.version');
      return ok({ version });
    case 'GET /groups':
      need('admin.group');
      return ok(store.groups().map((group) => renderGroup(group, at)));
    case 'POST /groups':
      need('admin.group');
      return made(renderGroup(store.createGroup(values), at));
    case 'GET /tag_list':
      need('admin.tag');
      return ok(admin.tags().map((name, index) => ({ id: index + 1, name, count: 0 })));
    case 'POST /tag_list':
      need('admin.tag');
      admin.addTag(scalarText(values['name']));
      return ok({});
    case 'GET /object_manager_attributes':
      need('admin.object');
      return ok(attributes.all().map((one) => renderAttribute(one, at)));
    case 'POST /object_manager_attributes':
      need('admin.object');
      return made(renderAttribute(attributes.create(values), at));
    case 'POST /object_manager_attributes_execute_migrations':
      need('admin.object');
      attributes.executeMigrations();
      return ok({});
    default:
      break;
  }
  if (/^PUT \/object_manager_attributes\/\d+$/.test(route)) {
    need('admin.object');
    return ok(renderAttribute(attributes.change(values), at));
  }
  const group = /^PUT \/groups\/(\d+)$/.exec(route)?.[1];
  if (group === undefined) return undefined;
  need('admin.group');
  return ok(renderGroup(store.changeGroup(Number(group), values), at));
}

/** Token or user lack what the endpoint needs. */
export function assertPermitted(lacks: readonly string[], anyOf: readonly string[]): void {
  if (anyOf.every((permission) => lacks.includes(permission)))
    throw new ZammadRefusal(403, 'Not authorized (token)!');
}
