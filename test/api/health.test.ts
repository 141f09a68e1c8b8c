import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { ReadinessCheck } from '../../api/health.ts';
import { startApi } from '../../api/server.ts';
import { ask } from './support/ask.ts';

async function withChecks(
  readiness: readonly ReadinessCheck[],
  body: (urls: { publicUrl: string; internalUrl: string }) => Promise<void>,
): Promise<void> {
  const api = await startApi({
    http: { port: 0, host: '127.0.0.1', internalPort: 0, internalHost: '127.0.0.1' },
    log: pino({ level: 'silent' }),
    publicRouters: [],
    internalRouters: [],
    readiness,
    stopInOrder: [],
  });
  try {
    await body(api);
  } finally {
    await api.close();
  }
}

const says = (name: string, check: () => Promise<boolean>): ReadinessCheck => ({ name, check });

describe('health', () => {
  test('alive and ready', async () => {
    await withChecks([says('database', async () => true)], async ({ internalUrl }) => {
      expect((await ask(`${internalUrl}/healthz`)).json).toEqual({ status: 'alive' });
      const ready = await ask(`${internalUrl}/readyz`);
      expect([ready.status, ready.json]).toEqual([200, { status: 'ready', checks: { database: 'ok' } }]);
    });
  });

  test('alive but not ready names what is missing, a check that throws or hangs included', async () => {
    const checks = [
      says('database', async () => true),
      says('temporal', async () => false),
      says('throws', () => Promise.reject(new Error('secret details'))),
      says('hangs', () => new Promise(() => undefined)),
    ];
    await withChecks(checks, async ({ internalUrl }) => {
      expect((await ask(`${internalUrl}/healthz`)).status).toBe(200);
      const { status, json, text } = await ask(`${internalUrl}/readyz`);
      expect(status).toBe(503);
      expect(json).toEqual({
        status: 'not-ready',
        checks: { database: 'ok', temporal: 'failed', throws: 'failed', hangs: 'failed' },
      });
      expect(text).not.toContain('secret');
    });
  });

  test('only inside', async () => {
    await withChecks([], async ({ publicUrl, internalUrl }) => {
      for (const path of ['/healthz', '/readyz']) {
        expect((await ask(`${publicUrl}${path}`)).status).toBe(404);
        expect((await ask(`${internalUrl}${path}`, { method: 'DELETE' })).status).toBe(405);
      }
    });
  });
});
