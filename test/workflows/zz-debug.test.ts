import { test } from '@jest/globals';
import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { writeFileSync } from 'node:fs';
import { sessionBundle } from '../support/bundle.ts';
import { timeSkippingServer } from '../support/temporal.ts';
import { fakeActivities, withSession } from '../support/workflow-rig.ts';
test.each([1,2,3,4,5,6])('debug %s', async (n) => {
  const env = await timeSkippingServer(); const bundle = await sessionBundle();
  const fake = fakeActivities(); const t0 = Date.now(); let miss = true; const lines: string[] = [];
  const publish = async (input: any) => {
    const i = activityInfo();
    lines.push([Date.now() - t0, 'publish', i.isLocal, i.attempt, input.gate.version, input.entries.map((e: any) => e.seq).join()].join(' '));
    if (miss) throw ApplicationFailure.create({ type: 'row-missing', message: 'x', nonRetryable: true });
    return await fake.publish(input);
  };
  await withSession({ env, bundle, activities: { publish } }, async (one) => {
    const view = await one.until('att', (v) => v.attention.length > 0);
    miss = false; lines.push(`${Date.now()-t0} retry ${view.attention[0]?.step}`);
    try { await one.ask('retryStep', { step: view.attention[0]?.step as any }); } catch (e) {
      const h = await one.handle.fetchHistory();
      writeFileSync(`/tmp/h5dbg/h${n}.json`, JSON.stringify(JSON.parse(historyToJSON(h)), null, 1));
      lines.push(JSON.stringify(await one.view().catch((x) => String(x))));
      writeFileSync(`/tmp/h5dbg/l${n}.txt`, lines.join('\n'));
      throw e;
    }
  }).catch((e) => console.log(e.message.slice(0, 200)));
  await env.teardown();
}, 60000);
