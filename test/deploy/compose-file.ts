import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';

const repository = new URL('../../', import.meta.url);

export const textOf = (path: string): string => readFileSync(new URL(path, repository), 'utf8');

/** YAML as Compose reads it, with `<<`. */
export const yamlOf = (path: string): unknown => parse(textOf(path), { merge: true });

const names = z.union([
  z.array(z.string()).transform((list) => list),
  z.record(z.string(), z.unknown()).transform((map) => Object.keys(map)),
]);
const serviceSchema = z.looseObject({
  image: z.string(),
  profiles: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  networks: names.default([]),
  volumes: z.array(z.string()).default([]),
  command: z.array(z.string()).default([]),
  restart: z.string().optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z
    .looseObject({ test: z.array(z.string()).optional(), disable: z.boolean().optional() })
    .optional(),
});
const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(
    z.string(),
    z.looseObject({
      internal: z.boolean().default(false),
      ipam: z.object({ config: z.array(z.object({ subnet: z.string() })) }).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

export type Compose = z.output<typeof composeSchema>;
export type Service = z.output<typeof serviceSchema>;

/** docker-compose.yml with everything written out but the variables. */
export const composeFile = (): Compose => composeSchema.parse(yamlOf('docker-compose.yml'));

/** `${NAME}`, `${NAME:-default}` or `${NAME:?what it is}`; `$$` is a dollar sign. */
export interface Reference {
  readonly name: string;
  readonly kind: 'plain' | 'default' | 'required';
  /** The default, or what is said when it is missing. */
  readonly text: string;
}

const REFERENCE = /\$\$|\$\{([A-Z][A-Z0-9_]*)(?:(:[-?])([^}]*))?\}/g;

const kindOf = (operator: string | undefined): Reference['kind'] =>
  operator === ':?' ? 'required' : operator === ':-' ? 'default' : 'plain';

export const referencesIn = (text: string): readonly Reference[] =>
  [...text.matchAll(REFERENCE)].flatMap(([, name, operator, rest = '']) =>
    name === undefined ? [] : [{ name, kind: kindOf(operator), text: rest }],
  );

/** A value as Compose fills it in. @throws for a required variable that is missing or empty. */
export const filledIn = (text: string, env: Readonly<Record<string, string | undefined>>): string =>
  text.replace(REFERENCE, (whole, name?: string, operator?: string, rest = '') => {
    if (name === undefined) return whole === '$$' ? '$' : whole;
    const value = env[name] ?? '';
    if (value !== '') return value;
    if (operator === ':?') throw new Error(`${name}: ${rest}`);
    return rest;
  });

/** What `deploy/make-env.sh` prints, and what a person fills in. */
export const madeSettings = (): Readonly<Record<string, string | undefined>> =>
  parseEnv(execFileSync('sh', [fileURLToPath(new URL('deploy/make-env.sh', repository))]).toString());

export const SETTINGS_BY_HAND = {
  GATEWAY_URL: 'https://sessions.example.com',
  PUBLIC_URL: 'https://sessions.example.com',
  ZAMMAD_TOKEN: 'a-token',
  CALENDLY_API_TOKEN: 'a-token',
  CALENDLY_EVENT_TYPE_UUID: 'a-uuid',
  CALENDLY_WEBHOOK_SECRET: 'a secret that somebody chose, long enough',
  CALENDLY_DEFAULT_LINK: 'https://calendly.com/host/event',
} as const;

/** A service's environment as Compose gives it. */
export const environmentOf = (
  { environment }: Service,
  settings: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(environment).map(([variable, value]) => [variable, filledIn(value, settings)]),
  );
