/** Takes up work as it comes, a limited number of pieces at once, until nothing is left and nothing is under way. */
export interface InWork {
  /** There is something new. False: nobody is at work, who would see it. */
  ring(): boolean;
  /**
   * A piece that waits for somebody slow keeps no other from being taken up.
   *
   * @returns how many were taken up.
   * @throws the first error of a `take` or a `work`, once all that was under way is over.
   */
  run(): Promise<number>;
}

/**
 * @param job.take up to so many pieces; none: nothing is due.
 * @param job.isStopped nothing more is taken up.
 */
export function createInWork<Piece>(job: {
  readonly atOnce: number;
  readonly take: (limit: number) => Promise<readonly Piece[]>;
  readonly work: (piece: Piece) => Promise<void>;
  readonly isStopped: () => boolean;
}): InWork {
  let running = false;
  let rung = false;
  let wake: () => void = () => undefined;

  const heard = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      if (rung) resolve();
    });

  return {
    ring() {
      rung = true;
      wake();
      return running;
    },

    async run() {
      const underWay = new Set<Promise<void>>();
      const errors: unknown[] = [];
      let taken = 0;
      let over = 0;
      running = true;

      function begin(piece: Piece): void {
        const done = job
          .work(piece)
          .catch((error: unknown) => void errors.push(error))
          .finally(() => {
            over += 1;
            underWay.delete(done);
          });
        underWay.add(done);
      }

      while (!job.isStopped() && errors.length === 0) {
        rung = false;
        const overBefore = over;
        const free = job.atOnce - underWay.size;
        const pieces =
          free === 0 ? [] : await job.take(free).catch((error: unknown) => void errors.push(error));
        for (const piece of pieces ?? []) begin(piece);
        taken += pieces?.length ?? 0;
        if (pieces === undefined || pieces.length > 0) continue;
        // What ended meanwhile may have kept another piece waiting.
        if (over > overBefore) continue;
        if (underWay.size > 0) await Promise.race([...underWay, heard()]);
        else if (!rung) break;
      }
      running = false;
      await Promise.all(underWay);
      if (errors.length > 0) throw errors[0];
      return taken;
    },
  };
}
