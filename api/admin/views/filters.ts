import type { z } from 'zod';
import type { ViewedList } from '../../../db/tables.ts';
import { listBookingsOperation } from '../../admin-booking/list.ts';
import { listInboxOperation } from '../intake/list.ts';
import { listSessionsOperation } from '../sessions/list.ts';

/** Where a page is in its list: what a view does not keep. */
const PLACE = ['limit', 'cursor', 'page'] as const;
const isPlace = (name: string): boolean => PLACE.some((one) => one === name);

/** The query of each list, as the list itself checks it. */
const queries: Readonly<Record<ViewedList, z.ZodType | undefined>> = {
  sessions: listSessionsOperation.query,
  bookings: listBookingsOperation.query,
  inbox: listInboxOperation.query,
};

/** What keeps a filter from being one of this list; a path and words for each. */
export function filterIssues(
  list: ViewedList,
  filter: Readonly<Record<string, string>>,
): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  const places = Object.keys(filter)
    .filter(isPlace)
    .map((name) => ({ path: [name], message: 'says where in the list, not which' }));
  const parsed = queries[list]?.safeParse(filter);
  if (parsed === undefined || parsed.success) return places;
  const issues = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((name) => ({ path: [name.slice(0, 40)], message: 'is not a filter of this list' }))
      : [{ path: issue.path, message: issue.message }],
  );
  return [...places, ...issues];
}
