import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../db/connect.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { type Catalog, issueLink, writeCatalog } from '../support/booking-rows.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { type BookRig, CALENDAR, OUR_ORIGIN, PAGE, startBookRig } from './book-rig.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z') as Instant;
const NONCE = 'form-nonce-1';
const JSON_TYPE = 'application/json; charset=utf-8';
const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let catalog: Catalog;
let rig: BookRig;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
  catalog = await writeCatalog(db);
  rig = await startBookRig({ db, at: NOW });
});
afterAll(async () => {
  await rig.close();
  await database.drop();
});

const issue = async (): Promise<string> => (await issueLink(db, catalog, NOW)).token;
const asForm = { 'content-type': 'application/x-www-form-urlencoded' };

describe('who is answered with a page', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a navigation', { ...PAGE, 'sec-fetch-mode': 'navigate' }, 'text/html; charset=utf-8'],
    ['a script of a page', { ...PAGE, 'sec-fetch-mode': 'cors' }, JSON_TYPE],
    ['whoever takes anything', { accept: '*/*' }, JSON_TYPE],
  ])('GET of %s', async (_name, headers, type) => {
    const answer = await rig.get(await issue(), { headers });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
  });

  test('a form is led on whatever its sender accepts, and JSON is answered with JSON', async () => {
    const token = await issue();
    const form = new URLSearchParams({ token, nonce: NONCE }).toString();
    const led = await rig.send(form, asForm);
    expect([led.status, led.headers.get('location')?.startsWith(CALENDAR)]).toEqual([303, true]);
    const told = await rig.send({ token, nonce: NONCE }, PAGE);
    expect([told.status, told.headers.get('content-type')]).toEqual([200, JSON_TYPE]);
    expect(told.json).toMatchObject({ scheduling_url: led.headers.get('location') });
  });

  test('a form that is no booking is told so with a page', async () => {
    const answer = await rig.send('nonce=form-nonce-1', asForm);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
  });
});

describe('what programs are told', () => {
  test('every answer keeps the link to itself, like the pages', async () => {
    const token = await issue();
    const good = await rig.get(token, { headers: { accept: 'application/json' } });
    const bad = await rig.get('a.b', { headers: { accept: 'application/json' } });
    for (const answer of [good, bad, await rig.send({ token })])
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      });
  });

  test('parameters that a newsletter adds to the address change nothing', async () => {
    const answer = await rig.get(`${await issue()}&utm_source=letter`, {
      headers: { accept: 'application/json' },
    });
    expect(answer.status).toBe(200);
  });

  test('what is wrong with a nonce, never what it was', async () => {
    const answer = await rig.send({ token: await issue(), nonce: 'a/secret' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, PROBLEM_TYPE]);
    expect(answer.json?.['detail']).toBe('nonce: must be 8 to 64 characters of A-Z, a-z, 0-9, _ and -');
  });

  test('a script of another site is refused, one of ours is not', async () => {
    const token = await issue();
    const refused = await rig.send({ token }, { 'sec-fetch-site': 'cross-site', origin: OUR_ORIGIN });
    expect(refused.json).toMatchObject({ status: 403, code: 'not-allowed', reason: 'cross-site' });
    expect((await rig.send({ token }, { 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  });
});
