import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createBearer } from '../../api/auth/bearer.ts';
import { ConfigurationError } from '../../platform/config.ts';
import { type KeyRing, parseKeyRing } from '../../platform/keys.ts';
import { readArguments } from '../../scripts/arguments.ts';
import { developmentSecrets } from '../../scripts/stack/development-secrets.ts';
import { definition, issueToken } from '../../scripts/token/issue.ts';
import type { Instant } from '../../workflows/contract/values.ts';

const NOW = Date.parse('2026-12-07T09:00:00Z') as Instant;
const HOUR = 3_600_000;
const keyText = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString('base64')}`;
const AUTH_KEYS = `${keyText('2026b', 2)},${keyText('2026a', 1)}`;

function ringOf(text: string): KeyRing {
  const parsed = parseKeyRing(text, { weak: true });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  return parsed.ring;
}

/** As the command line gives them. */
function valuesOf(line: string) {
  const read = readArguments(definition, line.split(' '));
  if (read.kind !== 'run') throw new Error(read.text);
  return read.values;
}
const issue = (line: string, env: Readonly<Record<string, string>> = { AUTH_KEYS }) =>
  issueToken(valuesOf(line), env, NOW);
async function tokenOf(line: string, env?: Readonly<Record<string, string>>): Promise<string> {
  const { lines } = await issue(line, env);
  return lines.join('\n');
}
const check = (text: string, token: string, now: number = NOW) =>
  createBearer({ oidc: null, localKeys: ringOf(text) }, { clock: () => now as Instant })(`Bearer ${token}`);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'latchkey-token-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('npm run token', () => {
  test('makes a token that the API takes for whom it was asked for', async () => {
    const token = await tokenOf('--role tenant --tenant 1 --user 5 --subject shop');
    expect(await check(AUTH_KEYS, token)).toEqual({
      ok: true,
      caller: { role: 'tenant', tenantId: 1, userId: 5, subject: 'shop' },
    });
    expect(await check(AUTH_KEYS, await tokenOf('--role service --tenant 3'))).toMatchObject({
      caller: { role: 'service', tenantId: 3, userId: null, subject: 'npm-run-token' },
    });
  });

  test('signs with the newest key, and for as long as it was told', async () => {
    const token = await tokenOf('--role admin --tenant 1');
    expect(await check(keyText('2026b', 2), token)).toMatchObject({ ok: true });
    expect(await check(keyText('2026a', 1), token)).toMatchObject({ reason: 'unknown-key' });
    expect(await check(AUTH_KEYS, token, NOW + 12 * HOUR - 1000)).toMatchObject({ ok: true });
    expect(await check(AUTH_KEYS, token, NOW + 12 * HOUR)).toMatchObject({ reason: 'expired' });
    const brief = await tokenOf('--role admin --tenant 1 --hours 0.5');
    expect(await check(AUTH_KEYS, brief, NOW + HOUR / 2 - 1000)).toMatchObject({ ok: true });
    expect(await check(AUTH_KEYS, brief, NOW + HOUR / 2)).toMatchObject({ reason: 'expired' });
  });

  test('prints the token alone, and with --json all about it', async () => {
    const { lines, json } = await issue('--role tenant --tenant 1 --user 5');
    expect(lines).toEqual([expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/)]);
    expect(json).toEqual({
      ok: true,
      token: lines[0],
      role: 'tenant',
      tenant: 1,
      user: 5,
      subject: 'npm-run-token',
      key: '2026b',
      expiresAt: '2026-12-07T21:00:00.000Z',
    });
  });

  test.each<[string, RegExp]>([
    ['--tenant 1', /--role is missing: admin, tenant or service/],
    ['--role root --tenant 1', /--role is none: admin, tenant or service/],
    ['--role admin', /--tenant is missing/],
    ['--role admin --tenant 0', /--tenant is not an id/],
    ['--role admin --tenant one', /--tenant is not an id/],
    ['--role admin --tenant 2147483648', /--tenant is not an id/],
    ['--role admin --tenant 1 --user -5', /--user/],
    ['--role admin --tenant 1 --user 5.5', /--user is not an id/],
    ['--role admin --tenant 1 --hours 0', /--hours is not a number above 0 and up to 8760/],
    ['--role admin --tenant 1 --hours soon', /--hours/],
    ['--role admin --tenant 1 --hours 8761', /--hours/],
    ['--role admin --tenant 1 --subject ', /--subject is not a name/],
    ['--role root --user x', /--role[^]*--tenant is missing[^]*--user/],
  ])('refuses %s', async (line, problem) => {
    await expect((async () => issue(line))()).rejects.toThrow(problem);
  });

  test('uses the key of the data directory in development', async () => {
    const env = { LATCHKEY_ENV: 'development', LATCHKEY_DATA: directory };
    await expect(issue('--role admin --tenant 1', env)).rejects.toThrow(
      `There is no stack in ${directory}: run \`npm start\` first, or set LATCHKEY_DATA or AUTH_KEYS.`,
    );
    const { authKey } = developmentSecrets(directory);
    const token = await tokenOf('--role admin --tenant 1', env);
    expect(await check(`development:${authKey}`, token)).toMatchObject({ ok: true });
    // Set ones win, as in the stack.
    const set = await tokenOf('--role admin --tenant 1', { ...env, AUTH_KEYS });
    expect(await check(AUTH_KEYS, set)).toMatchObject({ ok: true });
  });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['no key', {}, /AUTH_KEYS is not set: the keys of our own bearer tokens/],
    ['an empty one', { AUTH_KEYS: '' }, /AUTH_KEYS is not set/],
    [
      'an issuer alone',
      { AUTH_ISSUER: 'https://id.example' },
      /AUTH_KEYS is not set: bearer tokens come from AUTH_ISSUER/,
    ],
    ['a short key', { AUTH_KEYS: 'a:AAAA' }, /AUTH_KEYS key 1 \(a\) has 3 bytes; 32 are the least/],
    ['a key that is none', { AUTH_KEYS: 'AAAA' }, /AUTH_KEYS key 1 is not written as id:base64/],
  ])('outside development refuses %s', async (_name, env, problem) => {
    const refused = issue('--role admin --tenant 1', { ...env, LATCHKEY_DATA: directory });
    await expect(refused).rejects.toThrow(problem);
    await expect(refused).rejects.toBeInstanceOf(ConfigurationError);
  });
});
