import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { PortTakenError } from '../../scripts/servers/free-port.ts';
import { type RunningPostgres, startPostgres } from '../../scripts/servers/postgres.ts';
import { postmasterOf } from '../../scripts/servers/postmaster.ts';

let folder: string;
let dataDir: string;
let server: RunningPostgres | undefined;

const start = (port = 0) =>
  startPostgres({ dataDir, port, log: () => undefined, fast: true, path: process.env['PATH'] });

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'));
  dataDir = join(folder, 'postgres');
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the data survives a restart, and so does the password', async () => {
  server = await start();
  const { url } = server;
  await query(url, 'CREATE TABLE kept (word text)');
  await query(url, "INSERT INTO kept VALUES ('latch')");
  await server.close();
  await expect(query(url, 'SELECT 1')).rejects.toThrow();

  server = await start();
  expect(await query(server.url, 'SELECT word FROM kept')).toEqual([{ word: 'latch' }]);
  expect(new URL(server.url).password).toBe(new URL(url).password);
});

test('nobody gets in without the password, which only we can read', async () => {
  if (!server) throw new Error('no server');
  const wrong = new URL(server.url);
  expect(wrong.password).toMatch(/^[\w-]{32}$/);
  wrong.password = 'guess';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(dataDir, 'server.log'), 'utf8')).not.toContain(new URL(server.url).password);
});

test('a second start in the same directory is refused while the first runs', async () => {
  await expect(start()).rejects.toThrow(/already runs in .*LATCHKEY_DATA/s);
  if (!server) throw new Error('no server');
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a lock file that a crash left behind is no hindrance', async () => {
  await server?.close();
  // The number of a process that lives and is no PostgreSQL, as after a restart of the machine.
  writeFileSync(join(dataDir, 'cluster', 'postmaster.pid'), `${process.pid}\n${join(dataDir, 'cluster')}\n`);
  server = await start();
  expect(await query(server.url, 'SELECT word FROM kept')).toEqual([{ word: 'latch' }]);
});

test('a taken port is an error that names the variable', async () => {
  await server?.close();
  server = undefined;
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const started = start(port);
  await expect(started).rejects.toThrow(PortTakenError);
  await expect(started).rejects.toThrow(/POSTGRES_PORT/);
  other.close();
  await once(other, 'close');
});

test('data of another version is left alone, with a word on what to do', async () => {
  const file = join(dataDir, 'cluster', 'PG_VERSION');
  const version = readFileSync(file);
  writeFileSync(file, '9\n');
  await expect(start()).rejects.toThrow(/PostgreSQL 9.*npm run reset/s);
  writeFileSync(file, version);
});

const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux('it does not outlive a parent that is killed', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await Promise.race([once(parent.stdout, 'data'), once(parent, 'exit')]);
  expect(String(said[0]).trim()).toBe('ready');
  const cluster = join(dataDir, 'cluster');
  expect(postmasterOf(cluster)?.parent).toBe(parent.pid);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  for (let waits = 0; postmasterOf(cluster) && waits < 100; waits += 1) await sleep(100);
  expect(postmasterOf(cluster)).toBeUndefined();
});

/** Node 20 cannot run TypeScript, so the parent is the command that the runner makes, by hand. */
const PARENT = `
  import { spawn } from 'node:child_process';
  import { readFileSync } from 'node:fs';
  const [, dataDir] = process.argv;
  const { transformSync } = await import('@swc/core');
  const { writeFileSync, mkdtempSync, readdirSync, mkdirSync, symlinkSync } = await import('node:fs');
  const { join, resolve } = await import('node:path');
  const { pathToFileURL } = await import('node:url');
  const out = mkdtempSync(join(dataDir, '..', 'parent-'));
  writeFileSync(join(out, 'package.json'), '{"type":"module"}');
  symlinkSync(resolve('node_modules'), join(out, 'node_modules'));
  mkdirSync(join(out, 'servers'));
  for (const name of readdirSync('scripts/servers')) {
    const { code } = transformSync(readFileSync(join('scripts/servers', name), 'utf8'), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' },
    });
    writeFileSync(join(out, 'servers', name.replace('.ts', '.js')), code.replaceAll(/(from '[^']+)\\.ts'/g, "$1.js'"));
  }
  const { startPostgres } = await import(pathToFileURL(join(out, 'servers', 'postgres.js')));
  await startPostgres({ dataDir, port: 0, log: () => {}, fast: true, path: process.env.PATH });
  console.log('ready');
  setInterval(() => {}, 1000);
`;
