import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Recording } from '../support/replay.ts';

/** Holds one folder for each version that was released. */
export const HISTORIES = fileURLToPath(new URL('./histories', import.meta.url));

/**
 * Every released version. Open runs of each may still sleep somewhere, so that its histories must be
 * there, and must replay, until the version is retired as docs/deploying.md says.
 */
export const RELEASED_VERSIONS: readonly string[] = ['0.1.0'];

/** A life that a released version led. */
export interface CommittedHistory extends Recording {
  readonly version: string;
  readonly name: string;
}

const VERSION = /^\d+\.\d+\.\d+$/;

/** What a history does not tell and a replay is compared with. */
type Beside = Omit<Recording, 'history'>;

const files = (folder: string, name: string) => ({
  history: join(folder, `${name}.json`),
  beside: join(folder, `${name}.seen.json`),
});

/**
 * Commits a life to a version. The history is kept as Temporal has it: its payloads encrypted with the tests' keys.
 *
 * @throws when it is there already: a history is never refreshed, since the runs that it stands for go on as they were.
 */
export function writeHistory(root: string, version: string, name: string, recording: Recording): void {
  if (!VERSION.test(version)) throw new Error(`"${version}" is no version like 1.2.3`);
  const folder = join(root, version);
  const { history, ...beside } = recording;
  const path = files(folder, name);
  for (const file of Object.values(path))
    if (existsSync(file)) throw new Error(`${file} is there: a history fixture is never refreshed`);
  mkdirSync(folder, { recursive: true });
  const { workflowId, view } = beside satisfies Beside;
  writeFileSync(path.beside, `${JSON.stringify({ workflowId, view })}\n`, { flag: 'wx' });
  writeFileSync(path.history, `${JSON.stringify(JSON.parse(historyToJSON(history)))}\n`, { flag: 'wx' });
}

/** The versions that have a folder. */
export function versionsOf(root: string): readonly string[] {
  return existsSync(root) ? readdirSync(root).toSorted() : [];
}

/** Every history of every version. */
export function readHistories(root: string): readonly CommittedHistory[] {
  return versionsOf(root).flatMap((version) =>
    readdirSync(join(root, version))
      .filter((file) => file.endsWith('.json') && !file.endsWith('.seen.json'))
      .toSorted()
      .map((file) => {
        const name = file.slice(0, -'.json'.length);
        const path = files(join(root, version), name);
        const beside = JSON.parse(readFileSync(path.beside, 'utf8')) as Beside;
        const history = historyFromJSON(JSON.parse(readFileSync(path.history, 'utf8')));
        return { version, name, ...beside, history };
      }),
  );
}

/** The type of the workflow whose history it is. */
export function typeOf({ history }: Pick<Recording, 'history'>): string {
  return history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? '';
}
