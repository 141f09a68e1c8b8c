import { beforeAll, describe, expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { WORKFLOWS } from '../../worker/bundle.ts';
import { SESSION_WORKFLOW } from '../../workflows/contract/messages.ts';
import { sessionBundle } from '../support/bundle.ts';
import { testDataConverter } from '../support/payload-keys.ts';
import { differences, entryBundle, replay } from '../support/replay.ts';
import { ON_THIS_THREAD, quietRuntime } from '../support/temporal.ts';
import {
  type CommittedHistory,
  HISTORIES,
  readHistories,
  RELEASED_VERSIONS,
  typeOf,
  versionsOf,
} from './histories.ts';

// The lives that earlier versions led must be the lives that this code would lead. Where one is not, the change needs
// a `patched()` or a new rules version: see docs/deploying.md. A history is never recorded anew to make this pass.
const root = process.env['LATCHKEY_RECORD_TO'] ?? HISTORIES;
const histories = readHistories(root);
const title = ({ version, name }: CommittedHistory) => `${version} ${name}`;

beforeAll(quietRuntime);

// Before the first release there is nothing to hold the code against.
const describeReleased = histories.length > 0 ? describe : describe.skip;

test('histories are there for every released version', () => {
  // LATCHKEY_RECORD=<version> npm run jest -- test/replay/record
  if (process.env['LATCHKEY_RECORD_TO'] === undefined) expect(versionsOf(root)).toEqual(RELEASED_VERSIONS);
  expect(new Set(histories.map(({ version }) => version))).toEqual(new Set(versionsOf(root)));
});

describeReleased('the committed histories', () => {
  test('are of every workflow in the newest version', () => {
    const newest = histories.filter(({ version }) => version === versionsOf(root).at(-1));
    expect(new Set(newest.map(typeOf))).toEqual(new Set(WORKFLOWS));
  });

  test('replay with the code that is shipped', async () => {
    const options = {
      workflowBundle: await sessionBundle(),
      dataConverter: testDataConverter,
      ...ON_THIS_THREAD,
    };
    const replayed: string[] = [];
    const wrong: unknown[] = [];
    for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
      replayed.push(workflowId);
      if (error) wrong.push([workflowId, error]);
    }
    expect(wrong).toEqual([]);
    expect(replayed).toEqual(histories.map(({ workflowId }) => workflowId));
  });

  test('are what the code would do again: inputs of activities, outcomes of Updates, the last view', async () => {
    const recording = await entryBundle('recorded');
    const found: Record<string, readonly string[]> = {};
    let compared = 0;
    for (const one of histories) {
      const replayed = await replay(one, recording);
      compared += replayed.activities.length;
      found[title(one)] = differences(one, replayed);
    }
    expect(compared).toBeGreaterThan(histories.length);
    expect(Object.entries(found).filter(([, problems]) => problems.length > 0)).toEqual([]);
  });
});

describeReleased('a change of the code that open sessions would not survive', () => {
  const sessions = histories.filter((one) => typeOf(one) === SESSION_WORKFLOW);

  test('an activity more fails every committed session', async () => {
    expect(sessions.length).toBeGreaterThan(0);
    const wrong = await entryBundle('wrong-workflow');
    for (const one of sessions) await expect(replay(one, wrong)).rejects.toThrow(DeterminismViolationError);
  });

  test('a rule turned round replays, and differs in what is written into the ticket', async () => {
    const wrong = await entryBundle('wrong-rule');
    const found = new Map<string, readonly string[]>();
    for (const one of sessions) found.set(title(one), differences(one, await replay(one, wrong)));
    const different = [...found.values()].filter((problems) => problems.length > 0);
    expect(different.length).toBeGreaterThan(0);
    expect(different.flat().every((problem) => problem.includes('writeTicket'))).toBe(true);
  });

  test('the same activity more behind `patched()` changes none of them', async () => {
    const patched = await entryBundle('patched');
    const found = await Promise.all(
      sessions.map(async (one) => [title(one), differences(one, await replay(one, patched))]),
    );
    expect(found).toEqual(sessions.map((one) => [title(one), []]));
  });
});
