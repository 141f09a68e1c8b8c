/** One call at a time per key; whoever asks meanwhile gets the answer of the one under way. */
export function createSharedCalls<Key, Answer>(
  call: (key: Key) => Promise<Answer>,
): (key: Key) => Promise<Answer> {
  const underWay = new Map<Key, Promise<Answer>>();
  return (key) => {
    const joined = underWay.get(key);
    if (joined !== undefined) return joined;
    const started = call(key).finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };
}

/**
 * One read at a time per key, and every caller's read begins after the caller came: whoever comes while one is under
 * way waits for the next, which is one for all who wait. So nobody is answered with what was true before they asked.
 */
export function createFreshReads<Key, Ask, Answer>(
  read: (key: Key, asks: readonly Ask[]) => Promise<Answer>,
): (key: Key, asks: readonly Ask[]) => Promise<Answer> {
  interface Batch {
    readonly asks: Set<Ask>;
    readonly answer: Promise<Answer>;
  }
  const underWay = new Map<Key, { readonly done: Promise<unknown>; waiting: Batch | undefined }>();

  function run(key: Key, asks: readonly Ask[]): Promise<Answer> {
    const answer = read(key, asks);
    const done = answer.then(
      () => undefined,
      () => undefined,
    );
    const flight: { readonly done: Promise<unknown>; waiting: Batch | undefined } = {
      done,
      waiting: undefined,
    };
    underWay.set(key, flight);
    void done.then(() => {
      if (flight.waiting === undefined) underWay.delete(key);
    });
    return answer;
  }

  return (key, asks) => {
    const flight = underWay.get(key);
    if (flight === undefined) return run(key, asks);
    if (flight.waiting === undefined) {
      const together = new Set<Ask>();
      flight.waiting = {
        asks: together,
        answer: flight.done.then(() => run(key, [...together])),
      };
    }
    for (const ask of asks) flight.waiting.asks.add(ask);
    return flight.waiting.answer;
  };
}
