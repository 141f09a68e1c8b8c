export interface Goal {
  readonly what: string;
  readonly wanted: string;
  readonly seen: string;
  readonly met: boolean;
  /** A promise, not a wish: the bench fails without it. */
  readonly must: boolean;
}

/** Every promise was kept; a goal that was missed is only told. */
export const keptItsPromises = (goals: readonly Goal[]): boolean =>
  goals.every((goal) => goal.met || !goal.must);

/** Cells under each other, the first column to the left. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? '').length)),
  );
  return rows.map((cells) =>
    `  ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}

export function goalLines(goals: readonly Goal[]): string[] {
  return table([
    ['goal', 'wanted', 'seen', ''],
    ...goals.map((goal) => [goal.what, goal.wanted, goal.seen, goal.met ? 'met' : 'NOT met']),
  ]);
}
