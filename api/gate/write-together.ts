import type { ServerResponse } from 'node:http';

/** Answers 200 without a body. `headers`: names and values in turn. */
export type WriteAnswer = (res: ServerResponse, headers: string[]) => void;

/**
 * Keeps the answers of one turn of the event loop and writes them one after the other at its end. A write wakes
 * whoever waits for it, and that is the dearest part of a short answer; whoever gets several at once is awake after
 * the first. Nothing waits longer for it than for the requests that came with it.
 *
 * @param later runs the work when the turn is over.
 */
export function createWriteTogether(
  later: (work: () => void) => void = (work) => void setImmediate(work),
): WriteAnswer {
  let waiting: { readonly res: ServerResponse; readonly headers: string[] }[] = [];

  function write(): void {
    const answers = waiting;
    waiting = [];
    for (const { res, headers } of answers) {
      // HTTP/1.1 keeps a connection without being told.
      res.removeHeader('connection');
      res.writeHead(200, headers);
      res.end();
    }
  }

  return (res, headers) => {
    if (waiting.push({ res, headers }) === 1) later(write);
  };
}
