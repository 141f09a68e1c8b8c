import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { bookingApi } from '../../api/booking-requests/family.ts';
import { type Family, problems } from '../../api/operations/family.ts';
import { describeOperation, type Method } from '../../api/operations/operation.ts';
import { reply, type Routes } from '../../api/operations/routes.ts';
import { keepersOf, type ServedRoutes, serveRoutes } from './support/serve-routes.ts';

function add(routes: Routes, method: Method, path: `/${string}`, family: Family = problems): void {
  const operation = describeOperation({
    id: 'one',
    method,
    path,
    tag: 'audit',
    summary: 'One',
    family,
    access: { kind: 'anyone' },
    params: z.looseObject({}),
    answers: { 200: { description: 'Which one.' } },
    refusals: [],
  });
  routes.add(operation, async () => reply(200, `${method} ${path}`));
}

let served: ServedRoutes;
beforeAll(async () => {
  served = await serveRoutes({
    keepers: keepersOf(async () => ({ ok: false, reason: 'no-token' })),
    add(routes) {
      add(routes, 'get', '/things/{id}');
      add(routes, 'get', '/things/{id}/parts');
      add(routes, 'post', '/things/bulk');
      add(routes, 'get', '/things/parts/{id}');
      add(routes, 'put', '/things/{id}');
      add(routes, 'get', '/bookings/{id}', bookingApi);
    },
  });
});
afterAll(() => served.close());

const ask = (method: string, path: string): Promise<Response> => fetch(`${served.origin}${path}`, { method });

test.each([
  ['GET', '/things/1', 'get /things/{id}'],
  ['PUT', '/things/1', 'put /things/{id}'],
  ['GET', '/things/1/parts', 'get /things/{id}/parts'],
  ['POST', '/things/bulk', 'post /things/bulk'],
  // Whatever was added first, a word goes before a parameter.
  ['GET', '/things/parts/1', 'get /things/parts/{id}'],
  ['GET', '/things/parts/parts', 'get /things/parts/{id}'],
])('%s %s is answered by %s', async (method, path, answered) => {
  expect(await (await ask(method, path)).json()).toBe(answered);
});

test.each([
  ['GET', '/things/bulk', 'POST'],
  ['DELETE', '/things/1', 'GET, HEAD, PUT'],
  ['OPTIONS', '/things/1/parts', 'GET, HEAD'],
])('%s %s has only %s', async (method, path, allowed) => {
  const answer = await ask(method, path);
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, allowed]);
});

test('a parameter that is no text is not there, in the words of its family', async () => {
  const thing = await ask('GET', '/things/%ff');
  expect([thing.status, await thing.json()]).toMatchObject([404, { code: 'not-found' }]);
  const booking = await ask('GET', '/bookings/%C0%80');
  expect([booking.status, await booking.json()]).toMatchObject([404, { error: { code: 'not-found' } }]);
  expect((await ask('GET', '/elsewhere/%ff')).status).toBe(404);
});
