import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import {
  type Caller,
  callerOf,
  type CallerRefusal,
  type Role,
  type VerifyBearer,
} from '../../api/auth/caller.ts';
import { guardAnswer } from '../../api/operations/guard-answer.ts';
import { problems } from '../../api/operations/family.ts';
import { type AnswerRefusal, requireCaller } from '../../api/auth/guard.ts';
import { type Answer, ask } from './support/ask.ts';

const callerWith = (role: Role): Caller => ({ role, tenantId: 7, userId: 5, subject: 'ada' });

/** Takes `Bearer <role>` for a good token, and what else stands there for the refusal. */
const verify: VerifyBearer = async (authorization) => {
  const word = authorization?.replace('Bearer ', '');
  if (word === 'admin' || word === 'tenant' || word === 'service')
    return { ok: true, caller: callerWith(word) };
  return { ok: false, reason: (word ?? 'no-token') as CallerRefusal };
};

/** The Booking Link API's own envelope. */
const envelope: AnswerRefusal = (_req, res, refusal) => {
  const message = refusal.status === 503 ? 'Try again later' : 'Tenant information required';
  res.status(refusal.status === 403 ? 401 : refusal.status);
  res.json({ success: false, message, data: null, error: '' });
};

let server: Server;
let url: string;
const reached: Caller[] = [];

beforeAll(async () => {
  const app = express();
  const reach: express.RequestHandler = (_req, res) => {
    reached.push(callerOf(res));
    res.json(callerOf(res));
  };
  app.get('/admin', requireCaller(verify, ['admin'], guardAnswer(problems)), reach);
  app.get('/tenant', requireCaller(verify, ['admin', 'tenant'], guardAnswer(problems)), reach);
  app.get('/service', requireCaller(verify, ['service'], guardAnswer(problems)), reach);
  app.get('/nobody', requireCaller(verify, [], guardAnswer(problems)), reach);
  app.get('/link', requireCaller(verify, ['tenant'], envelope), reach);
  app.get('/open', reach);
  app.use(((_error, _req, res, _next) => res.status(500).end()) as express.ErrorRequestHandler);
  server = createServer(app);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(
  () =>
    new Promise((resolve) => {
      server.close(resolve);
    }),
);

const get = (path: string, word?: string): Promise<Answer> =>
  ask(`${url}${path}`, word === undefined ? {} : { headers: { authorization: `Bearer ${word}` } });

describe('the guard', () => {
  const roles: readonly Role[] = ['admin', 'tenant', 'service'];
  const doors: readonly (readonly [string, readonly Role[]])[] = [
    ['/admin', ['admin']],
    ['/tenant', ['admin', 'tenant']],
    ['/service', ['service']],
    ['/nobody', []],
  ];
  test.each(
    doors.flatMap(([path, allowed]) => roles.map((role) => [path, role, allowed.includes(role)] as const)),
  )('%s for the role %s: %s', async (path, role, allowed) => {
    reached.length = 0;
    const answer = await get(path, role);
    expect(answer.status).toBe(allowed ? 200 : 403);
    expect(reached).toEqual(allowed ? [callerWith(role)] : []);
    if (allowed) expect(answer.json).toEqual(callerWith(role));
    else {
      expect(answer.json).toMatchObject({ code: 'not-allowed', reason: 'role', status: 403 });
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer realm="latchkey", error="insufficient_scope"',
      );
    }
  });

  test('tells who sent no token only that one is needed', async () => {
    const answer = await get('/admin');
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="latchkey"']);
    expect(answer.json).toMatchObject({ code: 'not-authenticated', reason: 'no-token' });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  const refusals: readonly CallerRefusal[] = [
    'malformed',
    'bad-signature',
    'unknown-key',
    'wrong-algorithm',
    'wrong-issuer',
    'wrong-audience',
    'expired',
    'not-yet-valid',
    'no-tenant',
    'no-role',
  ];
  test.each(refusals)('refuses a token that is %s, and says so', async (reason) => {
    const answer = await get('/admin', reason);
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ code: 'not-authenticated', reason });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="latchkey", error="invalid_token"');
  });

  test('does not call a caller unknown whom it could not check', async () => {
    const answer = await get('/admin', 'keys-unavailable');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(answer.json).toMatchObject({ code: 'keys-unavailable' });
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });

  test.each([
    ['expired', 401, 'Tenant information required'],
    ['service', 401, 'Tenant information required'],
    ['keys-unavailable', 503, 'Try again later'],
  ])('answers %s in the envelope of its room', async (word, status, message) => {
    const answer = await get('/link', word);
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({ success: false, message, data: null, error: '' });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('cannot be forgotten: a handler that wants a caller fails without it', async () => {
    reached.length = 0;
    expect((await get('/open', 'admin')).status).toBe(500);
    expect(reached).toEqual([]);
  });
});
