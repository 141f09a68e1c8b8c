import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { SessionActivities } from '../../workflows/contract/activities.ts';
import type { StepId } from '../../workflows/contract/values.ts';
import { sessionBundle } from '../support/bundle.ts';
import { type FakeProvider, fakeProvider } from '../support/fake-provider.ts';
import { timeSkippingServer } from '../support/temporal.ts';
import { DAY, fakeActivities, MINUTE, type RigSession, withSession } from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  [env, bundle] = await Promise.all([timeSkippingServer(), sessionBundle()]);
});
afterAll(() => env?.teardown());

interface Row {
  readonly lane: string;
  readonly activity: keyof SessionActivities;
  readonly code: string;
  /** Final at once, or passing and repeated until the ten minutes are over. */
  readonly kind: 'final' | 'exhausted';
  readonly way: 'retryStep' | 'skipStep';
  /** What the operator reads. */
  readonly hint: string;
}

const rows = {
  confirmPayment: {
    lane: 'money',
    activity: 'confirmPayment',
    code: 'vendor-unavailable',
    kind: 'exhausted',
    way: 'retryStep',
    hint: 'wait for the vendor, then retry',
  },
  issueLink: {
    lane: 'link',
    activity: 'issueLink',
    code: 'row-missing',
    kind: 'final',
    way: 'retryStep',
    hint: 'restore the row in PostgreSQL, then retry',
  },
  writeTicket: {
    lane: 'ticket',
    activity: 'writeTicket',
    code: 'vendor-rejected',
    kind: 'final',
    way: 'skipStep',
    hint: "compare the vendor's configuration with ours, then retry",
  },
  putRoute: {
    lane: 'route',
    activity: 'putRoute',
    code: 'vendor-timeout',
    kind: 'exhausted',
    way: 'skipStep',
    hint: 'the outcome is unknown and the step looks before it acts',
  },
  makeBookingLink: {
    lane: 'provider',
    activity: 'makeBookingLink',
    code: 'vendor-unreachable',
    kind: 'exhausted',
    way: 'retryStep',
    hint: 'check that the worker reaches the vendor, then retry',
  },
  cancelAppointment: {
    lane: 'provider',
    activity: 'cancelAppointment',
    code: 'vendor-forbidden',
    kind: 'final',
    way: 'skipStep',
    hint: 'grant our credential the missing permission, then retry',
  },
  deleteRoute: {
    lane: 'route',
    activity: 'deleteRoute',
    code: 'vendor-malformed',
    kind: 'exhausted',
    way: 'retryStep',
    hint: 'look for a proxy in between or a new version of the vendor, then retry',
  },
  refund: {
    lane: 'money',
    activity: 'refund',
    code: 'vendor-unauthorized',
    kind: 'final',
    way: 'retryStep',
    hint: 'put a valid credential in the configuration, restart, then retry',
  },
} as const satisfies Partial<Record<keyof SessionActivities, Row>>;

/** Each session fails while it opens, and most fail again while they close. */
const sessions: readonly { readonly name: string; readonly opening: Row; readonly closing: Row | null }[] = [
  { name: 'money, twice', opening: rows.confirmPayment, closing: rows.refund },
  { name: 'link, then provider', opening: rows.issueLink, closing: rows.cancelAppointment },
  { name: 'ticket, then route', opening: rows.writeTicket, closing: rows.deleteRoute },
  { name: 'route', opening: rows.putRoute, closing: null },
  { name: 'provider', opening: rows.makeBookingLink, closing: null },
];

/** Waits for the attention, reads what to do as an operator would, and does it. */
async function attend(one: RigSession, row: Row, repair: () => unknown): Promise<void> {
  if (row.kind === 'exhausted') {
    await one.until('trying', () => one.inputsOf(row.activity).length > 0);
    await one.skipTo((await one.now()) + 11 * MINUTE);
  }
  const view = await one.until('in need of attention', ({ attention }) => attention.length > 0);
  const [attention] = view.attention;
  expect(attention).toMatchObject({ code: row.code, requestId: 'request-1' });
  const step = attention?.step;
  if (!step) throw new Error(`nothing failed: ${JSON.stringify(view)}`);
  const { currentDetails } = await one.handle.query<{ currentDetails: string }>(
    '__temporal_workflow_metadata',
  );
  expect(currentDetails).toContain(`**${step}**: ${row.code}`);
  expect(currentDetails).toContain(row.hint);
  expect(currentDetails).toContain(
    `Update \`retryStep\` or \`skipStep\` with \`${JSON.stringify({ step })}\``,
  );
  expect((await one.handle.describe()).status.name).toBe('RUNNING');
  repair();
  expect(await one.ask(row.way, { step: step as StepId })).toMatchObject({ accepted: true });
  await one.until('settled', (now) => !now.attention.some((still) => still.step === step));
}

/** The activities of a provider, of which these fail until they are repaired. */
function failing(provider: FakeProvider, broken: Set<keyof SessionActivities>, failures: readonly Row[]) {
  const works: SessionActivities = { ...fakeActivities(), ...provider.activities };
  const called = ({ activity, code, kind }: Row) => {
    const work = works[activity] as (input: unknown) => Promise<unknown>;
    return async (input: unknown): Promise<unknown> => {
      if (!broken.has(activity)) return await work(input);
      const nonRetryable = kind === 'final';
      throw ApplicationFailure.create({
        type: code,
        message: code,
        nonRetryable,
        details: [{ requestId: 'request-1' }],
      });
    };
  };
  return { ...works, ...Object.fromEntries(failures.map((row) => [row.activity, called(row)])) };
}

test.each(sessions)('an operator brings a session to its end: $name', async ({ opening, closing }) => {
  const provider = fakeProvider();
  const failures = closing === null ? [opening] : [opening, closing];
  const broken = new Set(failures.map(({ activity }) => activity));
  const activities = failing(provider, broken, failures);
  await withSession({ env, bundle, activities }, async (one) => {
    await attend(one, opening, () => broken.delete(opening.activity));
    await one.until(
      'opened',
      ({ phase, attention }) => phase === 'awaiting-booking' && attention.length === 0,
    );
    const now = await one.now();
    await one.tell(provider.book(now + 31 * DAY, now));
    await one.until('scheduled', ({ phase }) => phase === 'scheduled');
    expect(await one.ask('cancel', { by: 'operator', refund: 'full' })).toMatchObject({ accepted: true });
    if (closing) await attend(one, closing, () => broken.delete(closing.activity));
    expect(await one.result()).toBe('cancelled');
    expect((await one.view()).attention).toEqual([]);
  });
});
