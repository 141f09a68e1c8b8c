/** Waits until every replica with a running lease has applied a revocation. */
export interface Acknowledgements {
  /** False when it took too long. */
  confirmed(seq: number): Promise<boolean>;
  /** A replica has confirmed something. */
  look(): void;
  waiting(): number;
  /** Whoever still waits is told that it took too long. */
  stop(): void;
}

export interface AcknowledgementSettings {
  /** Up to which revocation all replicas with a running lease have confirmed; undefined when there are none. */
  readonly confirmedByAll: () => Promise<number | undefined>;
  /** For leases that run out, and for confirmations that were not heard; in milliseconds. */
  readonly pollMs: number;
  readonly withinMs: number;
}

interface Waiter {
  readonly seq: number;
  readonly answer: (confirmed: boolean) => void;
}

/** One question for all who wait, and never one that was asked before a waiter came: it would know too little. */
export function createAcknowledgements(settings: AcknowledgementSettings): Acknowledgements {
  const waiters = new Set<Waiter>();
  let asking = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;

  async function ask(): Promise<void> {
    const present = [...waiters];
    let confirmed: number | undefined;
    try {
      confirmed = await settings.confirmedByAll();
    } catch {
      return;
    }
    for (const waiter of present) if (confirmed === undefined || waiter.seq <= confirmed) waiter.answer(true);
  }

  function look(): void {
    if (waiters.size === 0) return;
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    clearTimeout(timer);
    void ask().finally(() => {
      asking = false;
      if (again) {
        again = false;
        look();
      } else if (waiters.size > 0) timer = setTimeout(look, settings.pollMs);
    });
  }

  return {
    confirmed: (seq) =>
      new Promise((resolve) => {
        const waiter: Waiter = {
          seq,
          answer(confirmed) {
            if (!waiters.delete(waiter)) return;
            clearTimeout(late);
            resolve(confirmed);
          },
        };
        const late = setTimeout(() => waiter.answer(false), settings.withinMs);
        waiters.add(waiter);
        look();
      }),
    look,
    waiting: () => waiters.size,
    stop() {
      clearTimeout(timer);
      for (const waiter of waiters) waiter.answer(false);
    },
  };
}
