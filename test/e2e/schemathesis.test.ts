import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { allOperations } from '../../api/docs/operations.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';

const run = promisify(execFile);

const VERSION = '4.32.5';
const CASES = 2000;
const MANY = '1000000';

/** Tests that ask as fast as they can are not what the limits are for. */
const withoutLimits = Object.fromEntries(
  [
    'LINKS_PER_TENANT',
    'LINKS_PER_USER',
    'LINKS_PER_ADDRESS',
    'BOOKINGS_PER_ADDRESS',
    'BOOKING_REQUESTS_PER_ADDRESS',
    'BOOKING_REQUESTS_PER_EMAIL',
    'BOOKING_READS_PER_ADDRESS',
    'REGISTRATIONS_PER_ADDRESS',
  ].map((name) => [`RATE_LIMIT_${name}`, MANY]),
);

/** Kept between runs. @returns undefined, with the reason printed, where it cannot be installed. */
async function installed(): Promise<string | undefined> {
  const folder = join(tmpdir(), `latchkey-schemathesis-${VERSION}`);
  const command = join(folder, 'bin', 'schemathesis');
  if (existsSync(command)) return command;
  try {
    await run('python3', ['-m', 'venv', folder]);
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${VERSION}`]);
    return command;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    console.warn(`skipped: schemathesis could not be installed: ${String(error).split('\n', 1)[0]}`);
    return undefined;
  }
}

async function tokenOf({ config }: Stack): Promise<string> {
  const { localKeys } = config.auth;
  if (localKeys === null) throw new Error('the stack has no keys for callers');
  const caller = { role: 'admin', tenantId: 1, userId: 5, subject: 'schemathesis' } as const;
  const now = Date.now() as Instant;
  return mintCallerToken(localKeys, caller, now, (now + 3_600_000) as Instant);
}

const reportSchema = z.object({
  complete: z.boolean(),
  operations: z.object({ total: z.number(), tested: z.number() }),
  test_cases: z.object({ generated: z.number() }),
  failures: z.array(z.object({ type: z.string(), title: z.string(), operations: z.array(z.string()) })),
  errors: z.array(z.unknown()),
});

/**
 * Requests that fit their schemas and are refused all the same, with an answer that is documented: no schema can say
 * which cursors were handed out, which telephone numbers there are, or that a session is over (410).
 */
const BEYOND_SCHEMAS = 'RejectedPositiveData';

const all = process.env['LATCHKEY_TEST_ALL'] === '1' ? describe : describe.skip;

all('an API tester that knows only the document', () => {
  let engine: TestEngine;
  let stack: Stack;
  let folder: string;
  beforeAll(async () => {
    engine = await startEngine();
    stack = await startTestStack({ engine, env: withoutLimits });
    folder = mkdtempSync(join(tmpdir(), 'latchkey-schemathesis-run-'));
  });
  afterAll(async () => {
    await stack?.close();
    await engine?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test(`finds no failure of ours and no undocumented answer in ${CASES} cases`, async () => {
    const command = await installed();
    if (command === undefined) return;
    const report = join(folder, 'report.json');
    const url = `${stack.addresses.publicUrl}/openapi.json`;
    const options = ['--checks', 'all', '--max-examples', '10', '--continue-on-failure', '--seed', '1'];
    const asAdmin = ['--header', `Authorization: Bearer ${await tokenOf(stack)}`];
    // It exits with 1 for any finding; the report says which.
    await run(command, ['run', url, ...options, ...asAdmin, '--report-json-path', report], {
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
    }).catch(() => undefined);
    const found = reportSchema.parse(JSON.parse(readFileSync(report, 'utf8')));
    expect(found.failures.filter(({ type }) => type !== BEYOND_SCHEMAS)).toEqual([]);
    // It leaves out the address of the document itself.
    const total = allOperations.length - 1;
    expect(found).toMatchObject({ complete: true, errors: [], operations: { total, tested: total } });
    expect(found.test_cases.generated).toBeGreaterThanOrEqual(CASES);
  }, 1_800_000);
});
