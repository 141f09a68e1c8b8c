import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { loadLocalConfig } from '../../platform/config.ts';
import type { Environment } from '../../platform/environment.ts';
import { readAddresses } from './addresses.ts';
import { setIn } from './own-settings.ts';

const fileOf = (dataDirectory: string): string => join(dataDirectory, 'settings.json');
const settingsSchema = z.record(z.string(), z.string());

/**
 * Leaves what a stack runs with beside what its own environment set, so that another process can join it. Readable by
 * this user only.
 */
export function writeSettings(dataDirectory: string, settings: Readonly<Record<string, string>>): void {
  writeFileSync(fileOf(dataDirectory), `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  chmodSync(fileOf(dataDirectory), 0o600);
}

export function removeSettings(dataDirectory: string): void {
  rmSync(fileOf(dataDirectory), { force: true });
}

export interface JoinedEnvironment {
  readonly env: Environment;
  /** The data directory of the stack that was joined; null: the environment is as it was. */
  readonly stack: string | null;
}

/**
 * The environment of a process that looks at the system which is configured here: that of the stack that `npm start`
 * runs in the data directory, unless `LATCHKEY_ENV` says production or none runs. What the environment sets wins, but
 * for the ports that the stack got.
 */
export function joinRunningStack(env: Environment): JoinedEnvironment {
  const alone: JoinedEnvironment = { env, stack: null };
  if (env['LATCHKEY_ENV'] === 'production') return alone;
  const { dataDirectory } = loadLocalConfig(env);
  if (readAddresses(dataDirectory) === undefined) return alone;
  let text: string;
  try {
    text = readFileSync(fileOf(dataDirectory), 'utf8');
  } catch {
    return alone;
  }
  const settings = settingsSchema.parse(JSON.parse(text));
  const ports = Object.fromEntries(
    ['PORT', 'INTERNAL_PORT'].flatMap((name) => (settings[name] ? [[name, settings[name]]] : [])),
  );
  return { env: { ...settings, ...setIn(env), ...ports }, stack: dataDirectory };
}
