import { condition, defineQuery, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

const { decided } = proxyActivities<{ decided(): Promise<void> }>({ startToCloseTimeout: '5 seconds' });

/** Sleeps, then decides by the clock, as a session does when its alarm rings. @returns how long it slept. */
export async function waking(ms: number): Promise<number> {
  const from = Date.now();
  setHandler(defineQuery<number>('slept'), () => Date.now() - from);
  await sleep(ms);
  const slept = Date.now() - from;
  if (slept >= ms) await decided();
  else await condition(() => false, '100 milliseconds');
  return slept;
}
