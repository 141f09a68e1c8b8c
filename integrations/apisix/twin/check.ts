import { z } from 'zod';
import { type Collection, collections, globalRuleSchema, pluginSchemas, schemaMessage } from './schemas.ts';
import { idText, type JsonObject, type Store } from './store.ts';
import { compileBlockRule } from './uri-blocker.ts';

const etcdMessage = 'has no healthy etcd endpoint available';

/** The references that a resource may hold, with the collection they point into. */
const references = [
  { field: 'upstream_id', collection: 'upstreams', word: 'upstream' },
  { field: 'service_id', collection: 'services', word: 'service' },
  { field: 'plugin_config_id', collection: 'plugin_configs', word: 'plugin config' },
] as const;

function checkId(collection: Collection, id: string, body: JsonObject): string | undefined {
  if (body['id'] !== undefined && idText(body['id']) !== id)
    return `wrong ${collections[collection].word} id`;
  if (!/^[a-zA-Z0-9-_.]{1,64}$/.test(id)) {
    return 'invalid configuration: property "id" validation failed: object matches none of the required';
  }
  return undefined;
}

function checkShape(collection: Collection, body: JsonObject): string | undefined {
  for (const field of ['create_time', 'update_time']) {
    if (body[field] !== undefined) return `the property is forbidden:  ${field}`;
  }
  const checked = collections[collection].schema.safeParse(body, { reportInput: true });
  const issue = checked.error?.issues[0];
  if (issue) return `invalid configuration: ${schemaMessage(issue)}`;
  if (collection === 'routes' && (body['uri'] === undefined) === (body['uris'] === undefined)) {
    const words = body['uri'] === undefined ? 'matches none' : 'matches both schemas 1 and 2';
    return `invalid configuration: allOf 1 failed: value should match only one schema, but ${words}`;
  }
  return undefined;
}

function checkReferences(store: Store, body: JsonObject): string | undefined {
  for (const { field, collection, word } of references) {
    const id = idText(body[field]);
    if (id === undefined) continue;
    const lookup = `failed to fetch ${word} info by ${word} id [${id}]`;
    if (store.etcdDown) return `${lookup}: ${etcdMessage}`;
    if (!store.get(collection, id)) return `${lookup}, response code: 404`;
  }
  return undefined;
}

function checkPlugins(plugins: unknown): string | undefined {
  const checked = z.record(z.string(), z.unknown()).safeParse(plugins ?? {});
  for (const [name, conf] of Object.entries(checked.data ?? {})) {
    const plugin = Object.hasOwn(pluginSchemas, name) ? pluginSchemas[name] : undefined;
    if (!plugin) return `unknown plugin [${name}]`;
    const refused = `failed to check the configuration of plugin ${name} err: `;
    const issue = plugin.schema.safeParse(conf, { reportInput: true }).error?.issues[0];
    if (issue) return refused + schemaMessage(issue);
    if (name === 'uri-blocker') {
      const rules = z.looseObject({ block_rules: z.array(z.string()) }).parse(conf).block_rules;
      if (new Set(rules).size !== rules.length) {
        return `${refused}property "block_rules" validation failed: expected unique items`;
      }
      for (const rule of rules) {
        try {
          compileBlockRule(rule, false);
        } catch {
          return `${refused}pcre2_compile() failed in "${rule}"`;
        }
      }
    }
  }
  return undefined;
}

function checkGlobalRule(store: Store, id: string, body: JsonObject): string | undefined {
  for (const name of Object.keys(globalRuleSchema.parse(body).plugins)) {
    const other = store
      .list('global_rules')
      .find(
        (rule) =>
          rule.id !== id && Object.hasOwn(globalRuleSchema.shape.plugins.parse(rule.value['plugins']), name),
      );
    if (other) return `plugin '${name}' already exists in global rule with id '${other.id}'`;
  }
  return undefined;
}

/** APISIX's `error_msg` for a resource that it would refuse with 400; undefined when it takes it. */
export function refusalOf(
  store: Store,
  collection: Collection,
  id: string,
  body: JsonObject,
): string | undefined {
  return (
    checkId(collection, id, body) ??
    checkShape(collection, body) ??
    checkReferences(store, body) ??
    checkPlugins(body['plugins']) ??
    (collection === 'global_rules' ? checkGlobalRule(store, id, body) : undefined)
  );
}

/** Why a resource cannot be deleted: somebody still refers to it. */
export function usageOf(store: Store, collection: Collection, id: string): string | undefined {
  const reference = references.find((candidate) => candidate.collection === collection);
  if (!reference) return undefined;
  const directly = collection === 'services' ? ' directly' : '';
  for (const user of ['routes', 'services'] as const) {
    const by = store.list(user).find((one) => idText(one.value[reference.field]) === id);
    if (by) {
      return `can not delete this ${reference.word}${directly}, ${collections[user].word} [${by.id}] is still using it now`;
    }
  }
  return undefined;
}
