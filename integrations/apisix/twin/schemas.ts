import { z } from 'zod';
import { isAddressOrCidr } from './ip-restriction.ts';

/** APISIX's words for the first thing that is wrong with a value, as lua-jsonschema writes them. */
export function schemaMessage(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((step) =>
    typeof step === 'number'
      ? `failed to validate item ${step + 1}: `
      : `property "${String(step)}" validation failed: `,
  );
  const last = issue.path.at(-1);
  if (issue.code === 'invalid_type' && issue.input === undefined && typeof last === 'string') {
    return `${path.slice(0, -1).join('')}property "${last}" is required`;
  }
  return path.join('') + wordsOf(issue);
}

function wordsOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `wrong type: expected ${luaExpected[issue.expected] ?? issue.expected}, got ${luaType(issue.input)}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'set'
        ? `expect array to have at least ${issue.minimum} items`
        : issue.origin === 'string'
          ? `string too short, expected at least ${issue.minimum}, got ${String(issue.input).length}`
          : `expected ${String(issue.input)} to be ${issue.inclusive === false ? 'strictly greater than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `string too long, expected at most ${issue.maximum}, got ${String(issue.input).length}`
        : `expected ${String(issue.input)} to be at most ${issue.maximum}`;
    case 'invalid_value':
      return 'matches none of the enum values';
    case 'invalid_format':
      return `failed to match pattern "${issue.pattern ?? issue.format}" with "${String(issue.input)}"`;
    case 'unrecognized_keys':
      return `additional properties forbidden, found ${issue.keys[0] ?? ''}`;
    case 'invalid_union':
      return 'value should match only one schema, but matches none';
    default:
      return issue.message;
  }
}

/** Every number that these plugins take is an integer. */
const luaExpected: Readonly<Record<string, string>> = { int: 'integer', number: 'integer', record: 'object' };

function luaType(value: unknown): string {
  return value === null ? 'userdata' : typeof value === 'object' ? 'table' : typeof value;
}

const meta = z
  .strictObject({
    disable: z.boolean().default(false),
    priority: z.int().optional(),
    filter: z.array(z.unknown()).optional(),
    error_response: z.unknown().optional(),
    pre_function: z.string().optional(),
  })
  .optional();

const headerNames = z.array(z.string()).default([]);

/** forward-auth of APISIX 3.18; unknown fields are accepted silently, as there. Times in milliseconds. */
export const forwardAuthSchema = z.looseObject({
  uri: z.string(),
  request_method: z.enum(['GET', 'POST']).default('GET'),
  max_req_body_size: z.int().min(1).default(67_108_864),
  request_headers: headerNames,
  extra_headers: z.record(z.string().regex(/^[^:]+$/), z.string()).default({}),
  upstream_headers: headerNames,
  client_headers: headerNames,
  timeout: z.int().min(1).max(60_000).default(3000),
  keepalive: z.boolean().default(true),
  keepalive_timeout: z.int().min(1000).default(60_000),
  keepalive_pool: z.int().min(1).default(5),
  allow_degradation: z.boolean().default(false),
  status_on_error: z.int().min(200).max(599).default(403),
  ssl_verify: z.boolean().default(true),
  _meta: meta,
});

export const uriBlockerSchema = z.looseObject({
  block_rules: z.array(z.string().min(1).max(4096)),
  rejected_code: z.int().min(200).default(403),
  rejected_msg: z.string().min(1).optional(),
  case_insensitive: z.boolean().default(false),
  _meta: meta,
});

export const limitCountSchema = z.looseObject({
  count: z.int().gt(0),
  time_window: z.int().gt(0),
  key_type: z.enum(['var', 'var_combination', 'constant']).default('var'),
  key: z.string().default('remote_addr'),
  rejected_code: z.int().min(200).max(599).default(503),
  rejected_msg: z.string().min(1).optional(),
  policy: z.enum(['local', 'redis', 'redis-cluster', 'redis-sentinel']).default('local'),
  window_type: z.enum(['fixed', 'sliding']).default('fixed'),
  group: z.string().optional(),
  show_limit_quota_header: z.boolean().default(true),
  _meta: meta,
});

const addressList = z
  .array(z.string().refine(isAddressOrCidr, 'object matches none of the required'))
  .min(1)
  .optional();

export const ipRestrictionSchema = z
  .looseObject({
    whitelist: addressList,
    blacklist: addressList,
    message: z.string().min(1).max(1024).default('Your IP address is not allowed'),
    response_code: z.int().min(403).max(404).default(403),
    _meta: meta,
  })
  .superRefine((conf, context) => {
    if ((conf.whitelist === undefined) === (conf.blacklist === undefined))
      context.addIssue({
        code: 'custom',
        message: `value should match only one schema, but matches ${conf.whitelist ? 'both schemas 1 and 2' : 'none'}`,
      });
  });

const headerValues = z.record(z.string(), z.union([z.string(), z.number()])).default({});

export const proxyRewriteSchema = z.looseObject({
  use_real_request_uri_unsafe: z.boolean().default(false),
  uri: z.string().min(1).max(4096).regex(/^\//).optional(),
  host: z.string().optional(),
  method: z
    .enum(['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'MKCOL', 'COPY', 'MOVE', 'PATCH', 'TRACE'])
    .optional(),
  headers: z
    .strictObject({ add: headerValues, set: headerValues, remove: z.array(z.string()).default([]) })
    .default({ add: {}, set: {}, remove: [] }),
  _meta: meta,
});

/** http-logger with its batch processor. Times in seconds. Here a format of its own is needed, and bodies are not logged. */
export const httpLoggerSchema = z.looseObject({
  uri: z.string().regex(/^[^/]+:\/\/([\da-zA-Z.-]+|\[[\da-fA-F:]+\])(:\d+)?/),
  auth_header: z.string().optional(),
  timeout: z.int().min(1).default(3),
  /** Flat ones only. */
  log_format: z.record(z.string(), z.string()),
  concat_method: z.enum(['json', 'new_line']).default('json'),
  ssl_verify: z.boolean().default(false),
  include_req_body: z.boolean().default(false),
  include_resp_body: z.boolean().default(false),
  max_retry_count: z.int().min(0).default(0),
  retry_delay: z.int().min(0).default(1),
  buffer_duration: z.int().min(1).default(60),
  inactive_timeout: z.int().min(1).default(5),
  batch_max_size: z.int().min(1).default(1000),
  _meta: meta,
});

/** The plugins that the twin knows and runs, with APISIX's priorities; any other is `unknown plugin`. */
export const pluginSchemas: Readonly<Record<string, { priority: number; schema: z.ZodType }>> = {
  'ip-restriction': { priority: 3000, schema: ipRestrictionSchema },
  'uri-blocker': { priority: 2900, schema: uriBlockerSchema },
  'forward-auth': { priority: 2002, schema: forwardAuthSchema },
  'proxy-rewrite': { priority: 1008, schema: proxyRewriteSchema },
  'limit-count': { priority: 1002, schema: limitCountSchema },
  'http-logger': { priority: 410, schema: httpLoggerSchema },
};

const labels = z.record(z.string(), z.string().min(1).max(256).regex(/^\S+$/)).optional();
const text = z.string().max(256).optional();
const reference = z.union([z.string(), z.int()]).optional();
const plugins = z.record(z.string(), z.looseObject({})).optional();
const timeout = z
  .strictObject({ connect: z.number().gt(0), send: z.number().gt(0), read: z.number().gt(0) })
  .optional();

export const upstreamSchema = z.strictObject({
  id: reference,
  name: text,
  desc: text,
  type: z.enum(['chash', 'roundrobin', 'ewma', 'least_conn']).default('roundrobin'),
  nodes: z
    .union([
      z.array(
        z.looseObject({
          host: z.string().min(1),
          port: z.int().min(1).max(65_535).optional(),
          weight: z.int().min(0),
        }),
      ),
      z.record(z.string(), z.int().min(0)),
    ])
    .optional(),
  timeout,
  retries: z.int().min(0).optional(),
  retry_timeout: z.number().min(0).optional(),
  pass_host: z.enum(['pass', 'node', 'rewrite']).default('pass'),
  upstream_host: z.string().optional(),
  scheme: z.enum(['http', 'https', 'grpc', 'grpcs', 'tcp', 'tls', 'udp', 'kafka']).default('http'),
  keepalive_pool: z
    .strictObject({
      size: z.int().min(1).optional(),
      idle_timeout: z.number().min(0).optional(),
      requests: z.int().min(1).optional(),
    })
    .optional(),
  checks: z.looseObject({}).optional(),
  hash_on: z.string().optional(),
  key: z.string().optional(),
  tls: z.looseObject({}).optional(),
  service_name: z.string().optional(),
  discovery_type: z.string().optional(),
  labels,
});

export const serviceSchema = z.strictObject({
  id: reference,
  name: text,
  desc: text,
  hosts: z.array(z.string()).min(1).optional(),
  plugins,
  upstream: upstreamSchema.optional(),
  upstream_id: reference,
  enable_websocket: z.boolean().optional(),
  script: z.string().optional(),
  labels,
});

const uri = z.string().min(1).max(4096);

export const routeSchema = z.strictObject({
  id: reference,
  name: text,
  desc: text,
  uri: uri.optional(),
  uris: z.array(uri).min(1).optional(),
  host: z.string().optional(),
  hosts: z.array(z.string()).min(1).optional(),
  methods: z
    .array(z.enum(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'PURGE']))
    .optional(),
  priority: z.int().default(0),
  vars: z.array(z.unknown()).optional(),
  filter_func: z.string().optional(),
  remote_addr: z.string().optional(),
  remote_addrs: z.array(z.string()).optional(),
  plugins,
  upstream: upstreamSchema.optional(),
  upstream_id: reference,
  service_id: reference,
  plugin_config_id: reference,
  status: z.union([z.literal(0), z.literal(1)]).default(1),
  enable_websocket: z.boolean().optional(),
  timeout,
  script: z.string().optional(),
  labels,
});

export const pluginConfigSchema = z.strictObject({
  id: reference,
  name: text,
  desc: text,
  plugins: z.record(z.string(), z.looseObject({})),
  labels,
});

export const globalRuleSchema = z.strictObject({
  id: reference,
  plugins: z.record(z.string(), z.looseObject({})),
});

export type Collection = 'routes' | 'services' | 'upstreams' | 'plugin_configs' | 'global_rules';

/** The schema of each resource and the word that its errors use for it. */
export const collections: Readonly<Record<Collection, { schema: z.ZodType; word: string }>> = {
  routes: { schema: routeSchema, word: 'route' },
  services: { schema: serviceSchema, word: 'service' },
  upstreams: { schema: upstreamSchema, word: 'upstream' },
  plugin_configs: { schema: pluginConfigSchema, word: 'plugin config' },
  global_rules: { schema: globalRuleSchema, word: 'global rule' },
};

export function isCollection(name: string): name is Collection {
  return Object.hasOwn(collections, name);
}
