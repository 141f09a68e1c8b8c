import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import type { LimitName, LimitStanding, RateLimits } from '../../api/limits/limits.ts';
import { rateLimited, type RefuseLimited } from '../../api/limits/rate-limited.ts';
import { problems } from '../../api/operations/family.ts';
import { type Answer, ask } from './support/ask.ts';

const standings = new Map<LimitName, LimitStanding>();
const charged: string[] = [];
const limits: RateLimits = {
  async charge(name, key) {
    charged.push(`${name} ${key}`);
    return standings.get(name) ?? { allowed: true, limit: 100, remaining: 99, resetSeconds: 60 };
  },
};

const refuse: RefuseLimited = (req, res) => problems.refuse(req, res, 'too-many-requests');

let server: Server;
let url: string;
let reached = 0;

beforeAll(async () => {
  const app = express();
  app.get(
    '/three',
    rateLimited(
      limits,
      'links-per-address',
      (req) => new URL(req.url, url).searchParams.get('address'),
      refuse,
    ),
    rateLimited(limits, 'links-per-tenant', () => '7', refuse),
    rateLimited(limits, 'links-per-user', (req) => (req.query['user'] === undefined ? null : 'u'), refuse),
    (_req, res) => {
      reached += 1;
      res.json({ success: true });
    },
  );
  app.get(
    '/envelope',
    rateLimited(
      limits,
      'bookings-per-address',
      () => 'a',
      (_req, res, { resetSeconds }) => {
        res.status(429).json({ success: false, message: `wait ${resetSeconds} seconds` });
      },
    ),
    (_req, res) => void res.json({}),
  );
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
beforeEach(() => {
  standings.clear();
  charged.length = 0;
  reached = 0;
});

const shown = ({ headers }: Answer) =>
  ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'].map((name) =>
    headers.get(name),
  );
const left = (remaining: number, resetSeconds: number, limit = 100): LimitStanding => ({
  allowed: true,
  limit,
  remaining,
  resetSeconds,
});

describe('a limited answer', () => {
  test('says how its client stands', async () => {
    standings.set('links-per-address', left(12, 34));
    standings.set('links-per-tenant', left(40, 50));
    const answer = await ask(`${url}/three?address=1.2.3.4&user=u`);
    expect([answer.status, reached]).toEqual([200, 1]);
    expect(shown(answer)).toEqual(['100', '12', '34', null]);
    expect(charged).toEqual(['links-per-address 1.2.3.4', 'links-per-tenant 7', 'links-per-user u']);
  });

  test.each<[string, Partial<Record<LimitName, LimitStanding>>, readonly string[]]>([
    ['the first', { 'links-per-address': left(1, 10), 'links-per-tenant': left(2, 10) }, ['100', '1', '10']],
    ['the last', { 'links-per-tenant': left(2, 10), 'links-per-user': left(1, 10, 5) }, ['5', '1', '10']],
    ['the longer', { 'links-per-address': left(0, 10), 'links-per-tenant': left(0, 20) }, ['100', '0', '20']],
    [
      'still the longer',
      { 'links-per-address': left(0, 20), 'links-per-tenant': left(0, 10) },
      ['100', '0', '20'],
    ],
  ])('says it of the most exhausted limit: %s', async (_name, given, expected) => {
    for (const [name, standing] of Object.entries(given)) standings.set(name as LimitName, standing);
    const answer = await ask(`${url}/three?address=a&user=u`);
    expect(shown(answer)).toEqual([...expected, null]);
  });

  test('does not count what has no key', async () => {
    const answer = await ask(`${url}/three?address=a`);
    expect(charged).toEqual(['links-per-address a', 'links-per-tenant 7']);
    expect(answer.status).toBe(200);
  });

  test('over the limit is a 429 that says how long to wait, and charges nobody else', async () => {
    standings.set('links-per-address', left(0, 55));
    standings.set('links-per-tenant', { allowed: false, limit: 100, remaining: 0, resetSeconds: 42 });
    const answer = await ask(`${url}/three?address=a&user=u`);
    expect([answer.status, reached]).toEqual([429, 0]);
    // Of the limit that refused, though another is as exhausted for longer.
    expect(shown(answer)).toEqual(['100', '0', '42', '42']);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.json).toMatchObject({ code: 'too-many-requests', status: 429, title: 'Too many requests' });
    expect(charged).toEqual(['links-per-address a', 'links-per-tenant 7']);
  });

  test('over the limit may speak in the envelope of its room', async () => {
    standings.set('bookings-per-address', { allowed: false, limit: 60, remaining: 0, resetSeconds: 9 });
    const answer = await ask(`${url}/envelope`);
    expect([answer.status, answer.json]).toEqual([429, { success: false, message: 'wait 9 seconds' }]);
    expect(shown(answer)).toEqual(['60', '0', '9', '9']);
  });
});
