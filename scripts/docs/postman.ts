import type { oas31 } from 'zod-openapi';
import type { ApiDocument } from '../../api/docs/document.ts';
import {
  credentialHeadersOf,
  type DocumentedOperation,
  operationsIn,
  parametersIn,
} from './operations-in.ts';

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';

/** What a person sets once, in the environment. Tokens are secrets: they have no value here. */
const VARIABLES = ['adminToken', 'tenantToken', 'serviceToken'] as const;

const tokenOf: Readonly<Record<string, (typeof VARIABLES)[number]>> = {
  admin: 'adminToken',
  tenant: 'tenantToken',
  service: 'serviceToken',
};

function bearer(variable: string) {
  return { type: 'bearer', bearer: [{ key: 'token', value: `{{${variable}}}`, type: 'string' }] };
}

function authOf({ operation }: DocumentedOperation) {
  const wantsBearer = (operation.security ?? []).some((alternative) => 'bearer' in alternative);
  if (!wantsBearer) return { type: 'noauth' };
  const [, role = 'admin'] = /bearer token of the role `(\w+)`/.exec(operation.description ?? '') ?? [];
  return bearer(tokenOf[role] ?? 'adminToken');
}

/** A value to begin with: the example, the default, or nothing. */
function valueOf({ schema, example }: oas31.ParameterObject): string {
  const known = schema === undefined || '$ref' in schema ? {} : (schema as oas31.SchemaObject);
  const value: unknown = example ?? known.example ?? known.examples?.[0] ?? known.default ?? '';
  return String(value);
}

const described = ({ description }: oas31.ParameterObject) =>
  description === undefined ? {} : { description };

function urlOf({ path, operation }: DocumentedOperation) {
  const segments = path
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll(/\{(\w+)\}/g, ':$1'));
  const query = parametersIn(operation, 'query').map((parameter) => ({
    key: parameter.name,
    value: valueOf(parameter),
    disabled: parameter.required !== true,
    ...described(parameter),
  }));
  const variable = parametersIn(operation, 'path').map((parameter) => ({
    key: parameter.name,
    value: valueOf(parameter),
    ...described(parameter),
  }));
  return {
    raw: `{{baseUrl}}/${segments.join('/')}`,
    host: ['{{baseUrl}}'],
    path: segments,
    ...(query.length === 0 ? {} : { query }),
    ...(variable.length === 0 ? {} : { variable }),
  };
}

function headersOf(document: ApiDocument, documented: DocumentedOperation) {
  const { operation } = documented;
  return [
    ...(operation.requestBody === undefined ? [] : [{ key: 'Content-Type', value: 'application/json' }]),
    ...parametersIn(operation, 'header').map((parameter) => ({
      key: parameter.name,
      value: valueOf(parameter),
      disabled: parameter.required !== true,
      ...described(parameter),
    })),
    ...credentialHeadersOf(document, operation).map((key) => ({ key, value: '', disabled: true })),
  ];
}

function bodyOf({ operation }: DocumentedOperation) {
  const body = operation.requestBody as oas31.RequestBodyObject | undefined;
  if (body === undefined) return {};
  const example: unknown = body.content['application/json']?.example ?? {};
  return {
    body: {
      mode: 'raw',
      raw: JSON.stringify(example, null, 2),
      options: { raw: { language: 'json' } },
    },
  };
}

function testOf({ operation }: DocumentedOperation) {
  const good = Object.keys(operation.responses ?? {}).filter((status) => status < '400');
  return {
    listen: 'test',
    script: {
      type: 'text/javascript',
      exec: [
        `pm.test('answers as documented', () => pm.expect(pm.response.code).to.be.oneOf([${good.join(', ')}]));`,
      ],
    },
  };
}

function itemOf(document: ApiDocument, documented: DocumentedOperation) {
  const { id, method, operation } = documented;
  return {
    name: operation.summary ?? id,
    event: [testOf(documented)],
    request: {
      method: method.toUpperCase(),
      auth: authOf(documented),
      header: headersOf(document, documented),
      url: urlOf(documented),
      ...bodyOf(documented),
      ...(operation.description === undefined ? {} : { description: operation.description }),
    },
  };
}

/** The collection (v2.1): a folder by chapter, a request by operation, in the document's order. */
export function postmanCollection(document: ApiDocument): object {
  const operations = operationsIn(document);
  return {
    info: { name: document.info.title, description: document.info.description, schema: SCHEMA },
    auth: bearer('adminToken'),
    variable: [{ key: 'baseUrl', value: document.servers?.[0]?.url ?? '' }],
    item: (document.tags ?? []).map(({ name, description }) => ({
      name,
      description,
      item: operations
        .filter(({ operation }) => operation.tags?.includes(name))
        .map((documented) => itemOf(document, documented)),
    })),
  };
}

/** The environment of a stack on this machine. `npm run token` prints what the tokens are. */
export function postmanEnvironment(document: ApiDocument): object {
  return {
    name: 'Latchkey, local',
    values: [
      { key: 'baseUrl', value: document.servers?.[0]?.url ?? '', type: 'default', enabled: true },
      ...VARIABLES.map((key) => ({ key, value: '', type: 'secret', enabled: true })),
    ],
    _postman_variable_scope: 'environment',
  };
}
