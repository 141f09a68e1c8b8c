import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a stack on one machine keeps its data. */
export interface DataDirectory {
  readonly root: string;
  readonly postgres: string;
  readonly temporal: string;
}

const MARK = '.latchkey-data';
const MARK_TEXT = 'This directory belongs to Latchkey; `npm run reset` deletes it.\n';

/** The folder with package.json, from the sources as from dist. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== parse(folder).root) folder = dirname(folder);
  return folder;
}

export const defaultDataDirectory = (): string => join(projectRoot(), '.latchkey');

export function dataDirectory(root: string): DataDirectory {
  return { root, postgres: join(root, 'postgres'), temporal: join(root, 'temporal') };
}

/** Makes the folders, closed to other users, and marks the directory as ours when it was not there before. */
export function makeDataDirectory(root: string): DataDirectory {
  const directory = dataDirectory(root);
  const isNew = mkdirSync(root, { recursive: true, mode: 0o700 }) !== undefined;
  if (isNew || root === defaultDataDirectory()) writeFileSync(join(root, MARK), MARK_TEXT);
  mkdirSync(directory.postgres, { recursive: true, mode: 0o700 });
  mkdirSync(directory.temporal, { recursive: true, mode: 0o700 });
  return directory;
}

/** Whether this directory was made by `makeDataDirectory`: only then may it be deleted. */
export function isOurs(root: string): boolean {
  try {
    return readFileSync(join(root, MARK), 'utf8') === MARK_TEXT;
  } catch {
    return false;
  }
}
