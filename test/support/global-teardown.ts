import { rmSync } from 'node:fs';
import { takeKept } from './kept-servers.ts';

/** Runs once after all test files. */
export default async function globalTeardown(): Promise<void> {
  const { postgres, folder } = takeKept();
  await postgres?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
