import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { sessionBundle } from '../support/bundle.ts';
import { timeSkippingServer } from '../support/temporal.ts';
import { HISTORIES, readHistories, writeHistory } from './histories.ts';
import { everyLife } from './lives/every-life.ts';

// Not a test of the usual run: `LATCHKEY_RECORD=1.2.3 npm run jest -- test/replay/record` writes the histories of a
// version that is about to be released, into LATCHKEY_RECORD_TO where they are only to be looked at.
const version = process.env['LATCHKEY_RECORD'] ?? '';
const root = process.env['LATCHKEY_RECORD_TO'] ?? HISTORIES;

(version === '' ? describe.skip : describe)(`the histories of version ${version}`, () => {
  let env: TestWorkflowEnvironment;
  let bundle: WorkflowBundleWithSourceMap;

  beforeAll(async () => {
    [env, bundle] = await Promise.all([timeSkippingServer(), sessionBundle()]);
  });
  afterAll(() => env.teardown());

  test.each(Object.entries(everyLife))('%s', async (name, life) => {
    writeHistory(root, version, name, await life({ env, bundle }));
    const written = readHistories(root).filter((one) => one.version === version);
    expect(written.map((one) => one.name)).toContain(name);
  });
});
