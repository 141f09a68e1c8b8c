import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { WriteStream } from 'node:tty';

/** How far a download is. */
export interface Progress {
  /** What is being fetched, such as `Temporal CLI`. */
  readonly title: string;
  readonly from: string;
  readonly receivedBytes: number;
  /** Null where the source does not tell. */
  readonly totalBytes: number | null;
  readonly done: boolean;
}

export type OnProgress = (progress: Progress) => void;

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;

function lineOf(progress: Progress): string {
  const received = megabytes(progress.receivedBytes);
  const of = progress.totalBytes === null ? '' : ` of ${megabytes(progress.totalBytes)}`;
  return `Getting the ${progress.title} from ${progress.from}: ${progress.done ? 'done' : `${received}${of}`}`;
}

/** Shows downloads to a person: one line that is written over on a terminal, a line each 10 MB elsewhere. */
export function showProgress(stream: WriteStream | NodeJS.WritableStream): OnProgress {
  const terminal = 'isTTY' in stream && stream.isTTY;
  const shown = new Map<string, string>();
  return (progress) => {
    if (terminal) {
      stream.write(`\r\u001b[K${lineOf(progress)}${progress.done ? '\n' : ''}`);
      return;
    }
    const key = `${progress.title} ${progress.from}`;
    const step = progress.done ? 'done' : String(Math.floor(progress.receivedBytes / 10_000_000));
    if (step === shown.get(key)) return;
    shown.set(key, step);
    stream.write(`${lineOf(progress)}\n`);
  };
}

/** Bytes in a folder, at any depth. */
export function bytesIn(folder: string): number {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const stat = lstatSync(join(folder, entry), { throwIfNoEntry: false });
      if (stat?.isFile()) bytes += stat.size;
    }
  } catch {
    // A file that was there a moment ago was moved away.
  }
  return bytes;
}
