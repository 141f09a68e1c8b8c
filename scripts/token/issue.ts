import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isCallerId, isRole, isSubject } from '../../api/auth/bearer-claims.ts';
import type { Caller } from '../../api/auth/caller.ts';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { ConfigurationError, loadLocalConfig } from '../../platform/config.ts';
import type { Environment } from '../../platform/environment.ts';
import { type KeyRing, parseKeyRing } from '../../platform/keys.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import type { ScriptDefinition, ScriptResult } from '../arguments.ts';
import { developmentSecrets } from '../stack/development-secrets.ts';

export type TokenOption = 'role' | 'tenant' | 'user' | 'hours' | 'subject';

export const definition: ScriptDefinition<TokenOption> = {
  command: 'npm run token',
  summary:
    'Prints a bearer token for the API, signed with the newest of AUTH_KEYS. In development, where none are set, ' +
    'with the key of the stack in .latchkey (LATCHKEY_DATA), so that it is good at a running `npm start`.',
  options: {
    role: { type: 'string', help: 'admin, tenant or service.' },
    tenant: { type: 'string', help: 'The id of the tenant that it speaks for.' },
    user: { type: 'string', help: "The id of the tenant's user, where it speaks for one." },
    hours: { type: 'string', help: 'How long it is good. Default 12, at most 8760.' },
    subject: { type: 'string', help: 'Who holds it, for the audit. Default npm-run-token.' },
  },
};

type Values = Readonly<Partial<Record<TokenOption, string | boolean>>>;

const DEFAULT_HOURS = 12;
const MOST_HOURS = 8760;
const HOUR_MS = 3_600_000;

function idOf(values: Values, name: 'tenant' | 'user', problems: string[]): number | null {
  const text = values[name];
  if (text === undefined) return null;
  const id = typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  if (isCallerId(id)) return id;
  problems.push(`--${name} is not an id: a whole number from 1`);
  return null;
}

interface Wanted {
  readonly caller: Caller;
  readonly hours: number;
}

/** @throws with every option that is wrong. */
function wantedBy(values: Values): Wanted {
  const problems: string[] = [];
  const { role, tenant, subject = 'npm-run-token' } = values;
  const hours = Number(values.hours ?? DEFAULT_HOURS);
  if (!isRole(role))
    problems.push(`--role is ${role === undefined ? 'missing' : 'none'}: admin, tenant or service`);
  if (tenant === undefined) problems.push('--tenant is missing: the id of the tenant that it speaks for');
  const tenantId = idOf(values, 'tenant', problems);
  const userId = idOf(values, 'user', problems);
  if (!(hours > 0 && hours <= MOST_HOURS))
    problems.push(`--hours is not a number above 0 and up to ${MOST_HOURS}`);
  if (!isSubject(subject)) problems.push('--subject is not a name of 1 to 255 printable ASCII characters');
  if (problems.length > 0 || !isRole(role) || tenantId === null || !isSubject(subject))
    throw new Error([...problems, `See ${definition.command} -- --help.`].join('\n'));
  return { caller: { role, tenantId, userId, subject }, hours };
}

function ringOf(text: string, weak: boolean): KeyRing {
  const parsed = parseKeyRing(text, { weak });
  if (parsed.ok) return parsed.ring;
  throw new ConfigurationError(parsed.problems.map((problem) => ({ variable: 'AUTH_KEYS', problem })));
}

/** @throws {ConfigurationError} when there is no key that an API of ours would know. */
function signingKeys(env: Environment): KeyRing {
  const local = loadLocalConfig(env);
  const weak = local.env === 'development';
  const set = env['AUTH_KEYS'];
  if (set) return ringOf(set, weak);
  if (!weak)
    throw new ConfigurationError([
      {
        variable: 'AUTH_KEYS',
        problem: env['AUTH_ISSUER']
          ? 'is not set: bearer tokens come from AUTH_ISSUER'
          : 'is not set: the keys of our own bearer tokens, as id:base64,…',
      },
    ]);
  if (!existsSync(join(local.dataDirectory, 'secrets.json')))
    throw new Error(
      `There is no stack in ${local.dataDirectory}: run \`npm start\` first, or set LATCHKEY_DATA or AUTH_KEYS.`,
    );
  return ringOf(`development:${developmentSecrets(local.dataDirectory).authKey}`, weak);
}

/**
 * A bearer token as the options ask for it.
 *
 * @throws with a message for the person who called it.
 */
export async function issueToken(values: Values, env: Environment, now: Instant): Promise<ScriptResult> {
  const { caller, hours } = wantedBy(values);
  const ring = signingKeys(env);
  const expiresAt = (now + hours * HOUR_MS) as Instant;
  const token = await mintCallerToken(ring, caller, now, expiresAt);
  return {
    ok: true,
    // Alone, so that a shell can put it into a header.
    lines: [token],
    json: {
      ok: true,
      token,
      role: caller.role,
      tenant: caller.tenantId,
      user: caller.userId,
      subject: caller.subject,
      key: ring.newest.id,
      expiresAt: new Date(expiresAt).toISOString(),
    },
  };
}
