import { z } from 'zod';

/** What the Admin API writes into every resource by itself. */
const bookkeeping: ReadonlySet<string> = new Set(['id', 'create_time', 'update_time']);

/** What APISIX may fill in where we say nothing (`apisix/schema_def.lua` and the plugins' schemas, 3.18). */
const defaults: Readonly<Record<string, unknown>> = {
  hash_on: 'vars',
  'nodes.*.priority': 0,
  priority: 0,
  status: 1,
  enable_websocket: false,
  'plugins.forward-auth.max_req_body_size': 67_108_864,
  'plugins.forward-auth.ssl_verify': true,
  'plugins.http-logger.include_req_body': false,
  'plugins.http-logger.include_resp_body': false,
  'plugins.http-logger.max_req_body_bytes': 524_288,
  'plugins.http-logger.max_resp_body_bytes': 524_288,
  'plugins.http-logger.name': 'http logger',
  'plugins.ip-restriction.response_code': 403,
  'plugins.limit-count.allow_degradation': false,
  'plugins.limit-count.show_limit_quota_header': true,
  'plugins.limit-count.sync_interval': -1,
  'plugins.limit-count.window_type': 'fixed',
  'plugins.proxy-rewrite.use_real_request_uri_unsafe': false,
};

const objectSchema = z.record(z.string(), z.unknown());

/** Lua writes an empty table as `{}` or `[]`, and a field that is nothing says nothing. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  const object = objectSchema.safeParse(value);
  return object.success && Object.keys(object.data).length === 0;
}

function isDefault(path: string, value: unknown): boolean {
  const pattern = path.replace(/\.\d+(?=\.|$)/g, '.*');
  return isEmpty(value) || (Object.hasOwn(defaults, pattern) && defaults[pattern] === value);
}

function compare(path: string, held: unknown, wanted: unknown): readonly string[] {
  if (wanted === undefined) return isDefault(path, held) ? [] : [path];
  if (isEmpty(wanted) && isEmpty(held)) return [];
  if (Array.isArray(wanted)) {
    if (!Array.isArray(held) || held.length !== wanted.length) return [path];
    return wanted.flatMap((item, at) => compare(`${path}.${at}`, held[at], item));
  }
  const wantedObject = objectSchema.safeParse(wanted);
  if (!wantedObject.success) return held === wanted ? [] : [path];
  const heldObject = objectSchema.safeParse(held);
  if (!heldObject.success) return [path];
  return fieldsBelow(`${path}.`, heldObject.data, wantedObject.data);
}

function fieldsBelow(
  prefix: string,
  held: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): readonly string[] {
  const names = new Set([...Object.keys(wanted), ...Object.keys(held)]);
  return [...names].flatMap((name) => compare(prefix + name, held[name], wanted[name]));
}

/**
 * Where a resource that the Admin API gave differs from the one that we would PUT. A field that we do not set counts
 * too, unless it is APISIX's own bookkeeping or default: a plugin that somebody put beside ours, or `_meta.disable`
 * on one of them, would open the gate.
 *
 * @returns paths of fields, never values.
 */
export function fieldsThatDiffer(
  held: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): readonly string[] {
  const theirs = Object.fromEntries(Object.entries(held).filter(([name]) => !bookkeeping.has(name)));
  return fieldsBelow('', theirs, wanted);
}
