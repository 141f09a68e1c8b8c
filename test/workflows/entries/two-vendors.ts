// Many activities at one vendor at once, and after them some at another.
import { proxyActivities, sleep } from '@temporalio/workflow';

interface TwoVendors {
  callSilent(input: { readonly job: string }): Promise<void>;
  callWell(input: { readonly job: string }): Promise<void>;
}

const { callSilent, callWell } = proxyActivities<TwoVendors>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: '10 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

const each = (count: number, name: string, call: (input: { job: string }) => Promise<void>) =>
  Promise.all(Array.from({ length: count }, (_, n) => call({ job: `${name}-${n}` })));

/** @returns once the well ones are done; the silent ones are given up with the run. */
export async function twoVendors(silent: number, well: number): Promise<void> {
  const waiting = each(silent, 'silent', callSilent);
  waiting.catch(() => undefined);
  // The silent ones are first in the queue.
  await sleep(1);
  await each(well, 'well', callWell);
}
