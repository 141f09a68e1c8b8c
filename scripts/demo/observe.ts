import { setTimeout as sleep } from 'node:timers/promises';
import { NotObserved } from './report.ts';

/**
 * Looks again every 100 ms until `look` sees something.
 *
 * @param what names what was awaited, for the failure's message.
 * @throws {NotObserved} after `withinMs` milliseconds.
 */
export async function observe<T>(
  what: string,
  withinMs: number,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() >= deadline) throw new NotObserved(`not seen within ${withinMs / 1000} s: ${what}`);
    await sleep(100);
  }
}

/** Fails the step unless the condition holds. */
export function expectThat(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new NotObserved(otherwise);
}
