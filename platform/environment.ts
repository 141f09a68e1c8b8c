import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { errorCode } from './error-code.ts';

/** The environment variables of a process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

function fromFile(): Environment {
  try {
    return parseEnv(readFileSync('.env', 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {};
    throw error;
  }
}

/**
 * This process's environment over that of a `.env` file in the working directory, for the configuration, for the SDK's own variables and for the programs that we
 * start. Nobody else reads it.
 */
export function environment(): Environment {
  return { ...fromFile(), ...process.env };
}
