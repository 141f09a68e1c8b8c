import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { allRows, type CsvCell, fieldColumns, sendCsv, wantsCsv } from '../../api/admin/csv.ts';
import { problems } from '../../api/operations/family.ts';
import { describeOperation } from '../../api/operations/operation.ts';
import { reply } from '../../api/operations/routes.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { ask } from './support/ask.ts';
import { verifyNamed } from './support/named-callers.ts';
import { keepersOf, type ServedRoutes, serveRoutes } from './support/serve-routes.ts';

interface Row {
  readonly name: string;
  readonly count: number | null;
  readonly live: boolean;
}

const item = z.object({ name: z.string(), count: z.int().nullable(), live: z.boolean() });
const columns = fieldColumns<Row>(item, ({ name, count, live }) => ({ live, count, name }));
const exportThings = describeOperation({
  id: 'exportThings',
  method: 'get',
  path: '/things',
  tag: 'catalog',
  summary: 'Things',
  family: problems,
  access: { kind: 'anyone' },
  answers: { 200: { description: 'Things.' } },
  refusals: [],
});

let served: ServedRoutes;
let rows: AsyncIterable<Row>;
beforeAll(async () => {
  served = await serveRoutes({
    keepers: keepersOf(verifyNamed),
    add: (routes) =>
      routes.add(exportThings, async ({ req, res }) =>
        wantsCsv(req) ? sendCsv(res, 'things', columns, rows) : reply(200, { items: [] }),
      ),
  });
});
afterAll(() => served.close());

async function* of(things: readonly Row[], end?: Error): AsyncGenerator<Row> {
  yield* things;
  if (end !== undefined) throw end;
}
const thing = (name: string, count: number | null = 1): Row => ({ name, count, live: true });
const get = (accept = 'text/csv') => ask(`${served.origin}/things`, { headers: { accept } });

test('an export is a file, with one line per row and its fields in the item’s order', async () => {
  rows = of([thing('Ada, "the first"\nÖ 👩‍🏫', 7), { name: '', count: null, live: false }]);
  const answer = await get();
  expect([answer.status, answer.text]).toEqual([
    200,
    'name,count,live\r\n"Ada, ""the first""\nÖ 👩‍🏫",7,true\r\n,,false\r\n',
  ]);
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="things.csv"');
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

test('an export of nothing has its heading', async () => {
  rows = of([]);
  expect((await get()).text).toBe('name,count,live\r\n');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
  'a spreadsheet does not run %j',
  async (formula) => {
    rows = of([thing(formula)]);
    const [, line] = (await get()).text.split('\r\n', 2);
    expect(line?.replace(/^"/, '')).toMatch(/^'/);
  },
);

test.each(['-LPBCuy1aJ7wXZRubOWJc_', '-LPBCuy1aJ7wXZRubOWJc_-12'])('the id %s is exact', async (id) => {
  rows = of([thing(id)]);
  expect((await get()).text.split('\r\n')[1]?.split(',')[0]).toBe(id);
});

test.each([
  ['text/csv', true],
  ['text/csv;q=0.9, application/json;q=0.1', true],
  ['application/json', false],
  ['application/json, text/csv', false],
  ['*/*', false],
  ['text/html', false],
])('Accept: %s is answered with CSV: %s', async (accept, csv) => {
  rows = of([]);
  expect((await get(accept)).headers.get('content-type')?.startsWith('text/csv')).toBe(csv);
});

describe('a store that fails', () => {
  test('at once is refused like any other failure', async () => {
    rows = of([], new CodedFailure('store-unavailable', 'nobody is there'));
    const answer = await get();
    expect([answer.status, answer.json?.['code']]).toEqual([503, 'store-unavailable']);
    expect(answer.headers.get('content-disposition')).toBeNull();
  });

  test('in the middle cuts the connection: half an export does not look like a whole one', async () => {
    rows = of(
      Array.from({ length: 5000 }, (_, n) => thing('x'.repeat(100), n)),
      new CodedFailure('store-unavailable', 'gone'),
    );
    await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

test('a client that goes away in the middle is no failure of ours, and no more rows are read', async () => {
  let read = 0;
  let ended: (() => void) | undefined;
  const closed = new Promise<void>((resolve) => {
    ended = resolve;
  });
  rows = {
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          read += 1;
          yield thing('x'.repeat(1000), read);
        }
      } finally {
        ended?.();
      }
    },
  };
  const before = served.lines.length;
  const sent = request(`${served.origin}/things`, { headers: { accept: 'text/csv' } }, (answer) => {
    answer.once('data', () => answer.destroy());
  });
  sent.on('error', () => undefined).end();
  await closed;
  rows = of([]);
  await get();
  expect(read).toBeGreaterThan(1);
  expect(served.lines.slice(before).filter((line) => line.includes('"level":50'))).toEqual([]);
});

test('all rows are asked for page by page, each once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 1700 }), async (length) => {
      const all = Array.from({ length }, (_, n) => n);
      let pages = 0;
      const seen: CsvCell[] = [];
      const page = async (after: number | undefined, limit: number): Promise<readonly number[]> => {
        pages += 1;
        const from = after === undefined ? 0 : after + 1;
        return all.slice(from, from + limit);
      };
      for await (const row of allRows(page)) seen.push(row);
      expect(seen).toEqual(all);
      expect(pages).toBe(Math.floor(length / 500) + 1);
    }),
    { numRuns: 25 },
  );
});
