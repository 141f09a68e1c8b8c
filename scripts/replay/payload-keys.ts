import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, type LocalConfig } from '../../platform/config.ts';
import type { Environment } from '../../platform/environment.ts';
import { type KeyRing, parseKeyRing } from '../../platform/keys.ts';
import { developmentSecrets } from '../stack/development-secrets.ts';

/**
 * The keys of the histories: `PAYLOAD_KEYS`, or where it is not set that of the stack in the data directory.
 *
 * @throws {ConfigurationError} when there are none, or they are wrong.
 */
export function payloadKeys(env: Environment, local: LocalConfig): KeyRing {
  const set = env['PAYLOAD_KEYS'];
  const ours = existsSync(join(local.dataDirectory, 'secrets.json'));
  if (!set && !ours)
    throw new ConfigurationError([
      { variable: 'PAYLOAD_KEYS', problem: 'is not set: the keys of the histories, as id:base64,…' },
    ]);
  const text = set || `development:${developmentSecrets(local.dataDirectory).payloadKey}`;
  const parsed = parseKeyRing(text, { weak: !set || local.env === 'development' });
  if (parsed.ok) return parsed.ring;
  throw new ConfigurationError(parsed.problems.map((problem) => ({ variable: 'PAYLOAD_KEYS', problem })));
}
