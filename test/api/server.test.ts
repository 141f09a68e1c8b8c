import { request } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { Router } from 'express';
import { pino } from 'pino';
import { type ApiDependencies, type RunningApi, startApi } from '../../api/server.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { ask } from './support/ask.ts';

const quiet = pino({ level: 'silent' });

function start(more: Partial<ApiDependencies> = {}): Promise<RunningApi> {
  return startApi({
    http: { port: 0, host: '127.0.0.1', internalPort: 0, internalHost: '127.0.0.1' },
    log: quiet,
    publicRouters: [],
    internalRouters: [],
    readiness: [],
    stopInOrder: [],
    ...more,
  });
}

const portOf = (url: string): number => Number(new URL(url).port);

describe('errors', () => {
  test('are problem documents with a stable code and no details of ours', async () => {
    const router = Router();
    router.get('/coded', () => {
      throw new CodedFailure('store-unavailable', 'connection to 10.0.0.1 refused');
    });
    router.get('/bug', async () => {
      throw new Error('secret details of ada@example.com');
    });
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    const api = await start({ publicRouters: [router], log });
    try {
      const nowhere = await ask(`${api.publicUrl}/nowhere`);
      expect(nowhere.json).toMatchObject({ type: 'about:blank', status: 404, code: 'not-found' });
      expect(nowhere.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');

      const coded = await ask(`${api.publicUrl}/coded`);
      expect([coded.status, coded.json?.['code']]).toEqual([503, 'store-unavailable']);
      expect(coded.text).not.toContain('10.0.0.1');

      const bug = await ask(`${api.publicUrl}/bug`, { headers: { 'x-request-id': 'from-the-gateway-1' } });
      expect([bug.status, bug.json?.['code'], bug.json?.['requestId']]).toEqual([
        500,
        'internal',
        'from-the-gateway-1',
      ]);
      expect(bug.headers.get('x-request-id')).toBe('from-the-gateway-1');
      expect(bug.text).not.toMatch(/secret|ada@/);
      expect(
        lines.some((line) => line.includes('from-the-gateway-1') && line.includes('request failed')),
      ).toBe(true);

      expect((await ask(`${api.publicUrl}/%`)).status).toBe(404);
      const odd = await ask(`${api.publicUrl}/x`, { headers: { 'x-request-id': 'a b{"' } });
      expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    } finally {
      await api.close();
    }
  });
});

describe('a taken port', () => {
  test.each([
    ['PORT', (port: number) => ({ port, internalPort: 0 })],
    ['INTERNAL_PORT', (port: number) => ({ port: 0, internalPort: port })],
  ])('names %s, and leaves nothing running', async (variable, ports) => {
    const first = await start();
    const stopped: string[] = [];
    try {
      const taken = ports(portOf(variable === 'PORT' ? first.publicUrl : first.internalUrl));
      await expect(
        start({
          http: { host: '127.0.0.1', internalHost: '127.0.0.1', ...taken },
          stopInOrder: [{ name: 'database', stop: async () => void stopped.push('database') }],
        }),
      ).rejects.toThrow(new RegExp(`^Port \\d+ is taken\\. Set ${variable} to another port`));
      expect(stopped).toEqual(['database']);
    } finally {
      await first.close();
    }
  });
});

describe('shutdown', () => {
  test('not ready, no new connections, the last request answered, then everything behind, in order', async () => {
    const happened: string[] = [];
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let arrived: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const router = Router();
    router.get('/slow', async (_req, res) => {
      arrived();
      await slow;
      happened.push('answered');
      res.json({ ok: true });
    });
    const stop = (name: string, error?: Error) => ({
      name,
      stop: async () => {
        happened.push(name);
        if (error) throw error;
      },
    });
    const api = await start({
      publicRouters: [router],
      stopInOrder: [stop('sweep'), stop('temporal', new Error('already gone')), stop('database')],
    });
    const answer = ask(`${api.publicUrl}/slow`);
    await waiting;
    const closed = api.close();
    expect(api.close()).toBe(closed);

    const ready = await ask(`${api.internalUrl}/readyz`);
    expect([ready.status, ready.json]).toEqual([503, { status: 'stopping' }]);
    expect(ready.headers.get('connection')).toBe('close');
    await expect(ask(`${api.publicUrl}/slow`)).rejects.toThrow(/ECONNREFUSED|socket hang up|ECONNRESET/);
    expect(happened).toEqual([]);

    finish();
    expect((await answer).status).toBe(200);
    await closed;
    expect(happened).toEqual(['answered', 'sweep', 'temporal', 'database']);
    await expect(ask(`${api.internalUrl}/healthz`)).rejects.toThrow(/ECONNREFUSED|socket hang up|ECONNRESET/);
  });

  test('a request that never ends does not keep the process', async () => {
    const router = Router();
    let arrived: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    router.get('/never', () => arrived());
    const api = await start({ publicRouters: [router], drainMs: 100 });
    const cut = expect(ask(`${api.publicUrl}/never`)).rejects.toThrow(
      /ECONNREFUSED|socket hang up|ECONNRESET/,
    );
    await waiting;
    await api.close();
    await cut;
  });
});

test('an idle connection is kept for longer than the gateway keeps it', async () => {
  const api = await start();
  try {
    const header = await new Promise<unknown>((resolve, reject) => {
      request(`${api.internalUrl}/healthz`, { headers: { connection: 'keep-alive' } }, (response) => {
        response.resume();
        resolve(response.headers['keep-alive']);
      })
        .on('error', reject)
        .end();
    });
    expect(header).toBe('timeout=65');
  } finally {
    await api.close();
  }
});

describe('HTTPS alone', () => {
  test.each([
    ['by default', {}, /^max-age=\d{8,}/],
    ['when told', { strictTransport: true }, /^max-age=\d{8,}/],
  ] as const)('%s, on both listeners', async (_name, more, header) => {
    const api = await start(more);
    try {
      for (const url of [`${api.publicUrl}/x`, `${api.internalUrl}/healthz`])
        expect((await ask(url)).headers.get('strict-transport-security')).toMatch(header);
    } finally {
      await api.close();
    }
  });

  test('not in development, where there is none; the other headers stay', async () => {
    const api = await start({ strictTransport: false });
    try {
      const { headers } = await ask(`${api.publicUrl}/x`);
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    } finally {
      await api.close();
    }
  });
});

describe('what is asked before the router', () => {
  test('answers, or leaves the request untouched; on the internal listener alone', async () => {
    const seen: string[] = [];
    const api = await start({
      internalFirst: (req, res) => {
        seen.push(req.url ?? '');
        if (req.url !== '/quick') return false;
        res.writeHead(204);
        res.end();
        return true;
      },
    });
    try {
      expect((await ask(`${api.internalUrl}/quick`)).status).toBe(204);
      expect((await ask(`${api.internalUrl}/healthz`)).json).toEqual({ status: 'alive' });
      expect((await ask(`${api.publicUrl}/quick`)).status).toBe(404);
      expect(seen).toEqual(['/quick', '/healthz']);
    } finally {
      await api.close();
    }
  });

  test('a fault there is logged, and the router answers', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    const api = await start({
      log,
      internalFirst: () => {
        throw new Error('a fault of ours');
      },
    });
    try {
      expect((await ask(`${api.internalUrl}/healthz`)).status).toBe(200);
      expect(lines.some((line) => line.includes('the router takes over'))).toBe(true);
    } finally {
      await api.close();
    }
  });

  test('a fault after half an answer ends the connection, not the process', async () => {
    const api = await start({
      internalFirst: (req, res) => {
        if (req.url !== '/half') return false;
        res.writeHead(200, { 'content-length': 5 });
        res.write('a');
        throw new Error('a fault of ours');
      },
    });
    try {
      await expect(ask(`${api.internalUrl}/half`)).rejects.toThrow();
      expect((await ask(`${api.internalUrl}/healthz`)).status).toBe(200);
    } finally {
      await api.close();
    }
  });

  test('is not asked any more while the process stops', async () => {
    let arrived: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let finish: () => void = () => undefined;
    const router = Router();
    router.get('/slow', async (_req, res) => {
      arrived();
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      res.json({});
    });
    const api = await start({
      publicRouters: [router],
      internalFirst: (_req, res) => {
        res.writeHead(204);
        res.end();
        return true;
      },
    });
    expect((await ask(`${api.internalUrl}/healthz`)).status).toBe(204);
    const slow = ask(`${api.publicUrl}/slow`);
    await waiting;
    const closed = api.close();
    const answer = await ask(`${api.internalUrl}/healthz`);
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    finish();
    await slow;
    await closed;
  });
});
