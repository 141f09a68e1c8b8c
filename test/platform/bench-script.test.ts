import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { z } from 'zod';

/** The script's own process, from the built `dist`. */
async function bench(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const script = fileURLToPath(new URL('../../dist/scripts/bench.js', import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

test('what it cannot measure is told, with what it can', async () => {
  const unknown = await bench('gates');
  expect(unknown).toMatchObject({ code: 2, out: '' });
  expect(unknown.err).toContain('Cannot measure "gates". Known: gate');
  const wrong = await bench('gate', '--rounds', 'many');
  expect(wrong).toMatchObject({ code: 2, out: '' });
  expect(wrong.err).toContain('--rounds takes a whole number');
  const other = await bench('admin', '--bookings', '0', '--rounds', '1.5');
  expect(other).toMatchObject({ code: 2, out: '' });
  for (const option of ['--bookings', '--rounds'])
    expect(other.err).toContain(`${option} takes a whole number`);
});

test('its help names its options', async () => {
  const help = await bench('--help');
  expect(help.code).toBe(0);
  for (const option of ['--rounds', '--seconds', '--bookings', '--json', '--help'])
    expect(help.out).toContain(option);
  const sessions = await bench('sessions', '--help');
  expect(sessions.code).toBe(0);
  expect(sessions.out).toContain('--quick');
  const admin = await bench('admin', '--help');
  expect(admin.code).toBe(0);
  expect(admin.out).toContain('--bookings');
  expect(admin.out).not.toContain('--seconds');
});

const measured = z.object({ requestsPerSecond: z.number().positive(), p50: z.number(), p99: z.number() });
const resultSchema = z.object({
  ok: z.literal(true),
  forwardAuth: z.object({
    ratioToBare: z.number().positive(),
    ratioToExpressJose: z.number().positive(),
    p50: z.number().positive(),
    p99: z.number().positive(),
    p99ToBare: z.number().positive(),
    rounds: z.array(z.object({ bare: measured, forwardAuth: measured, expressJose: measured })).length(1),
  }),
  revocation: z.object({
    revocations: z.literal(200),
    replicas: z.literal(3),
    p99: z.number().positive(),
    unconfirmed: z.literal(0),
    requestsAfter: z.number().min(600),
    allowedAfter: z.literal(0),
  }),
  memory: z.object({ snapshots: z.literal(20_000), bytesPerSnapshot: z.number().positive() }),
});

const adminSchema = z.object({
  ok: z.literal(true),
  bookings: z.literal(3000),
  plainMs: z.number().positive(),
  worstRatio: z.number().positive(),
  pages: z
    .array(z.object({ name: z.string(), ratio: z.number().positive(), indexes: z.array(z.string()) }))
    .min(15),
});

const opened = z.object({ perSecond: z.number().positive(), p50: z.number(), p99: z.number() });
const sessionsSchema = z.object({
  ok: z.literal(true),
  sessions: z.object({
    open: z.object({
      ratioToNoop: z.number().positive(),
      ratioToShape: z.number().positive(),
      rounds: z.array(z.object({ noop: opened, shape: opened, session: opened })).length(1),
      withStores: z.object({ sessions: z.literal(3), perSecond: z.number().positive() }),
    }),
    history: z.object({
      events: z.number().min(90).max(130),
      bytes: z.number().positive(),
      actions: z.number().min(25).max(36),
    }),
    sleeping: z.object({ memoryRatio: z.number().positive(), idleCpuPercent: z.number().min(0) }),
    herd: z.object({
      sessions: z.literal(20),
      ratioToNoop: z.number().positive(),
      forwardAuth: z.object({ requests: z.number().min(300), p99Ratio: z.number().positive() }),
    }),
    intake: z.object({ ratioToBare: z.number().positive() }),
  }),
});

// A minute on two cores; what it finds is no test's business, but that nobody passes after an acknowledgement.
if (process.env['LATCHKEY_TEST_ALL'] === '1') {
  test('the admin’s list is measured on fewer bookings too, and no search reads them all', async () => {
    const run = await bench('admin', '--bookings', '3000', '--rounds', '1', '--json');
    adminSchema.parse(JSON.parse(run.out.trimEnd().split('\n').at(-1) ?? ''));
    expect(run.code).toBe(0);
  }, 60_000);

  test('one short round measures everything, and its last line is the result', async () => {
    const run = await bench('gate', '--rounds', '1', '--seconds', '1', '--json');
    expect(run.err).not.toContain('Error');
    resultSchema.parse(JSON.parse(run.out.trimEnd().split('\n').at(-1) ?? ''));
    expect(run.code).toBe(0);
  }, 240_000);

  test('a little of everything about sessions is measured, and its last line is the result', async () => {
    const run = await bench('sessions', '--quick', '--json');
    sessionsSchema.parse(JSON.parse(run.out.trimEnd().split('\n').at(-1) ?? ''));
    expect(run.code).toBe(0);
  }, 300_000);
}
