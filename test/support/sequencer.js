import TestSequencer from '@jest/test-sequencer';

/**
 * What a file costs beside others, in seconds; a file that is not named costs little. The long ones begin first, so that
 * none is left over when the rest is done; the storm kills real processes and comes last, when it has the machine to
 * itself.
 */
const LONG = new Map([
  ['test/browser/walk.test.ts', 60],
  ['test/faults/worker-killed.test.ts', 90],
  ['test/e2e/demo.test.ts', 45],
  ['test/faults/gate-replicas.test.ts', 40],
  ['test/browser/pages.test.ts', 40],
  ['test/api/public-booking-life.test.ts', 30],
  ['test/api/webhooks-out-life.test.ts', 30],
  ['test/api/every-operation.test.ts', 30],
]);
const LAST = 'test/faults/storm.test.ts';

const rank = ({ path }) => {
  if (path.endsWith(LAST)) return -1;
  for (const [file, seconds] of LONG) if (path.endsWith(file)) return seconds;
  return 0;
};

/** Orders files by what they cost, the storm last. */
export default class extends TestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(b) - rank(a));
  }
}
