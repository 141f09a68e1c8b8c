import { z } from 'zod';
import {
  placeOf,
  type SessionOrder,
  type SessionPlace,
  type SessionRow,
} from '../../../db/queries/session-list.ts';
import { cursorSchema } from '../paging.ts';
import { sessionIdSchema } from './fields.ts';

const LAST_INSTANT = 8.64e15;

/** Where a page of sessions ended, and in which order: a cursor of one order means nothing in the other. */
export const sessionCursor = cursorSchema(
  z.tuple([
    z.enum(['created', 'starts']),
    z.int().min(-LAST_INSTANT).max(LAST_INSTANT).nullable(),
    sessionIdSchema,
  ]),
);

export type SessionCursor = z.output<typeof sessionCursor>;

/** What the cursor after this row holds. */
export function cursorOf(
  row: SessionRow,
  order: SessionOrder,
): readonly [SessionOrder, number | null, string] {
  const { at, key } = placeOf(row, order);
  return [order, at?.getTime() ?? null, key];
}

/** @returns undefined for a cursor of the other order. */
export function placeIn(
  cursor: SessionCursor | undefined,
  order: SessionOrder,
): SessionPlace | null | undefined {
  if (cursor === undefined) return null;
  const [of, at, key] = cursor;
  if (of !== order || (at === null && order === 'created')) return undefined;
  return { at: at === null ? null : new Date(at), key };
}
