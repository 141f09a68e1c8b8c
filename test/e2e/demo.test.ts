import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { z } from 'zod';

const report = z.object({
  ok: z.boolean(),
  steps: z.array(z.object({ name: z.string(), ok: z.boolean(), ms: z.number(), detail: z.string() })),
  workflowId: z.string(),
  runUrl: z.string().nullable(),
});

function runDemo(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const script = fileURLToPath(new URL('../../dist/scripts/demo.js', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      env: { ...process.env, LATCHKEY_ENV: 'development' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

test('the demo takes one session from payment to its end, and a visitor to a meeting, every step observed', async () => {
  const { code, stdout, stderr } = await runDemo(['--json']);
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const told = report.parse(JSON.parse(last));
  expect(told.steps.filter((step) => !step.ok)).toEqual([]);
  expect(told.steps.map((step) => step.name)).toEqual([
    'paid in the shop',
    'workflow owns the session',
    'ticket and route side by side',
    'link in the ticket',
    'login wall at the gateway',
    'access with the token',
    'booked in Calendly',
    'too early for the join link',
    'rescheduled in time',
    'cutoff passes',
    'late reschedule refused',
    'join link opens',
    'session ends',
    'URL is gone',
    'ticket closed',
    'a session sold with Cal.com',
    'booked in Cal.com',
    'moved by its API',
    'it ends as the other did',
    'a visitor asks for a meeting',
    'the meeting is booked',
  ]);
  expect(told).toMatchObject({ ok: true, workflowId: expect.stringMatching(/^session-[\w-]{22}$/) });
  expect(told.runUrl).toContain(told.workflowId);
  expect(code).toBe(0);
  // What it prints and logs must not be a way in.
  expect(stdout + stderr).not.toMatch(/token=[^…]/);
  expect(stdout + stderr).not.toContain('ada.client@example.com');
  expect(stdout + stderr).not.toContain('john.visitor@example.com');
}, 240_000);

test('a wrong argument is refused with the usage', async () => {
  const { code, stderr } = await runDemo(['--sideways']);
  expect(code).toBe(2);
  expect(stderr).toContain('Usage: npm run demo');
});
