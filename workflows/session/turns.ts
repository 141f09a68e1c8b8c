/** Does one piece of work after the other. */
export type TakeTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Two local activities under way at once are over in two activations of one task, and in a single one when it is
 * replayed: what each leads to would then be commanded in another order. So they take turns.
 */
export function createTurns(): TakeTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    // Whoever waits next hears only that it is over.
    last = mine.catch(() => undefined);
    return mine;
  };
}
