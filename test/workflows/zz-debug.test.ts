import { test } from '@jest/globals';
import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { writeFileSync } from 'node:fs';
import { sessionBundle } from '../support/bundle.ts';
import { timeSkippingServer, devServer } from '../support/temporal.ts';
import { fakeActivities, withSession } from '../support/workflow-rig.ts';
import { setTimeout as delay } from 'node:timers/promises';
test.each(['skip','dev'])('debug %s', async (which) => {
  const env = await (which === 'skip' ? timeSkippingServer() : devServer()); const bundle = await sessionBundle();
  const fake = fakeActivities(); const t0 = Date.now();
  const publish = async (input: any) => {
    const i = activityInfo();
    console.log(Date.now() - t0, 'publish', i.isLocal, i.attempt, input.gate.version, input.entries.map((e: any) => e.seq).join());
    if (i.isLocal) throw ApplicationFailure.create({ type: 'store-unavailable', message: 'x' });
    return await fake.publish(input);
  };
  await withSession({ env, bundle, activities: { publish } }, async (one) => {
    await delay(15000);
    const h = await one.handle.fetchHistory();
    writeFileSync(`/tmp/h5hist-${which}.json`, JSON.stringify(JSON.parse(historyToJSON(h)), null, 1));
    throw new Error('stop');
  }).catch((e) => console.log(e.message));
  await env.teardown();
}, 60000);
