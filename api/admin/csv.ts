import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { errorCode } from '../../platform/error-code.ts';
import type { Outcome } from '../operations/routes.ts';

export type CsvCell = string | number | boolean | null;

/** One column of an export: its heading, and what stands in it. */
export interface CsvColumn<Row> {
  readonly name: string;
  readonly value: (row: Row) => CsvCell;
}

/** An export that shows what the list shows as JSON: one column per field of its items. */
export function fieldColumns<Row>(
  item: z.ZodObject,
  toJson: (row: Row) => Readonly<Record<string, CsvCell>>,
): readonly CsvColumn<Row>[] {
  return Object.keys(item.shape).map((name) => ({ name, value: (row) => toJson(row)[name] ?? null }));
}

/** What `otherTypes` of an exported list's answer says. */
export const CSV_TYPES = ['text/csv'] as const;

/** What an exported list's description says. */
export const EXPORT_IS_WHOLE = 'As CSV it is the whole list, whatever `limit` and `cursor` say.';

/** What `headers` of an exported list's answer say. */
export const EXPORT_HEADERS = { 'Content-Disposition': 'With CSV: the name of a file.' } as const;

/** `Accept: text/csv`, and not merely "anything". */
export function wantsCsv(req: Request): boolean {
  return req.accepts(['application/json', 'text/csv']) === 'text/csv';
}

/**
 * Every row of a list, page by page, so that an export holds one page in memory, however long it is.
 *
 * @param page the rows that come after this one; undefined: the first ones. Fewer than asked for end the list.
 */
export async function* allRows<Row>(
  page: (after: Row | undefined, limit: number) => Promise<readonly Row[]>,
): AsyncGenerator<Row, void, undefined> {
  const limit = 500;
  let last: Row | undefined;
  for (;;) {
    const rows = await page(last, limit);
    yield* rows;
    last = rows.at(-1);
    if (rows.length < limit) return;
  }
}

/** One in 64 of our ids begins with a hyphen. */
const ID_WITH_HYPHEN = /^-[A-Za-z0-9_-]{21}(-\d{1,9})?$/;

/**
 * Streams an export (RFC 4180, UTF-8). What a spreadsheet would take for a formula is quoted with an apostrophe; our
 * own ids stay as they are, since other programs look things up by them and no formula is made of their letters alone.
 * An error in the middle cuts the connection: half an export must not look like a whole one.
 */
export async function sendCsv<Row>(
  res: Response,
  file: string,
  columns: readonly CsvColumn<Row>[],
  rows: AsyncIterable<Row>,
): Promise<Outcome> {
  const source = rows[Symbol.asyncIterator]();
  // Before anything is written: what fails at once is answered like any other failure.
  let next = await source.next();
  async function* lines(): AsyncGenerator<readonly CsvCell[]> {
    try {
      for (; next.done !== true; next = await source.next()) {
        const row = next.value;
        yield columns.map(({ value }) => value(row));
      }
    } finally {
      await source.return?.();
    }
  }
  res.type('text/csv; charset=utf-8').set('content-disposition', `attachment; filename="${file}.csv"`);
  const format = stringify({
    header: true,
    columns: columns.map(({ name }) => name),
    escape_formulas: true,
    record_delimiter: 'windows',
    cast: {
      boolean: String,
      string: (text) => (ID_WITH_HYPHEN.test(text) ? { value: text, escape_formulas: false } : text),
    },
  });
  try {
    await pipeline(lines(), format, res);
  } catch (error) {
    res.destroy();
    // The client went away: nobody is left to tell, and nothing failed.
    if (errorCode(error) !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
  return { kind: 'written' };
}
