import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirectory, isOurs } from '../../platform/data-directory.ts';
import { stackLockHolder } from './stack-lock.ts';
import { postmasterOf } from './postmaster.ts';

/**
 * Deletes a local stack's data.
 *
 * @returns false when there was none.
 * @throws when a stack runs in the directory, or when it is not one of ours.
 */
export function resetDataDirectory(root: string): boolean {
  if (!existsSync(root)) return false;
  if (!isOurs(root))
    throw new Error(
      `${root} was not made by Latchkey; it is left as it is. Look at it, and delete it yourself.`,
    );
  const holder = stackLockHolder(root);
  if (holder !== undefined) throw new Error(`A stack (process ${holder}) runs in ${root}. Stop it first.`);
  const postgres = postmasterOf(join(dataDirectory(root).postgres, 'cluster'));
  if (postgres)
    throw new Error(`A PostgreSQL (process ${postgres.pid}) still runs in ${root}. Stop its stack first.`);
  rmSync(root, { recursive: true, force: true });
  return true;
}
