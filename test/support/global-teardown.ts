import { rmSync } from 'node:fs';
import { takeServers } from './kept-servers.ts';

/** Runs once after all test files. */
export default async function globalTeardown(): Promise<void> {
  const servers = takeServers();
  if (!servers) return;
  await servers.postgres.close();
  rmSync(servers.folder, { recursive: true, force: true });
}
