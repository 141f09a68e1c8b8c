import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { sessionBundle } from '../support/bundle.ts';
import { checkReplay, differences, entryBundle, type Recording, replay } from '../support/replay.ts';
import { timeSkippingServer } from '../support/temporal.ts';
import { withSession } from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
let recording: Recording;

beforeAll(async () => {
  [env, bundle] = await Promise.all([timeSkippingServer(), sessionBundle()]);
  await withSession({ env, bundle }, async (one) => {
    await one.until('opened', (view) => view.phase === 'awaiting-booking' && view.ticketNumber !== null);
    await one.ask('reschedule', { by: 'client' });
    await one.ask('cancel', { by: 'operator', refund: 'none' });
    await one.result();
    recording = await one.recording();
  });
});
afterAll(() => env.teardown());

describe('the replay check', () => {
  test('passes for the session that made the history', async () => {
    await checkReplay(recording, bundle);
  });

  test('fails for a workflow with one activity more', async () => {
    const wrong = await entryBundle('wrong-workflow');
    await expect(replay(recording, wrong)).rejects.toThrow(DeterminismViolationError);
  });

  test('fails for a rule that was turned round, which determinism alone does not see', async () => {
    // Does not throw: the commands have the same order, types and ids.
    const replayed = await replay(recording, await entryBundle('wrong-rule'));
    const problems = differences(recording, replayed);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every((problem) => problem.includes('writeTicket'))).toBe(true);
  });

  test('compares Updates, local activities and the view', async () => {
    const replayed = await replay(recording, await entryBundle('recorded'));
    expect(replayed.updates.size).toBe(2);
    expect(differences(recording, replayed)).toEqual([]);
    const updates = new Map([...replayed.updates].map(([id]) => [id, { accepted: true, next: 'none' }]));
    expect(differences(recording, { ...replayed, updates })).toHaveLength(1);
    expect(differences(recording, { ...replayed, view: {} })).toHaveLength(1);
    expect(differences(recording, { ...replayed, localInputs: [] }).length).toBeGreaterThan(0);
    expect(differences(recording, { ...replayed, activities: [] }).length).toBeGreaterThan(0);
  });

  test('fails when there is nothing to replay', async () => {
    await expect(checkReplay({ ...recording, history: { events: [] } }, bundle)).rejects.toThrow(
      'nothing was recorded',
    );
  });
});
