import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Publication, SessionActivities } from '../../workflows/contract/activities.ts';
import { sessionBundle } from '../support/bundle.ts';
import { devServer } from '../support/temporal.ts';
import { fakeActivities, type RigSession, withSession } from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [env, bundle] = await Promise.all([devServer(), sessionBundle()]);
});
afterAll(() => env.teardown());

const session = (
  activities: Partial<SessionActivities>,
  body: (session: RigSession) => Promise<void>,
): Promise<void> => withSession({ env, bundle, activities }, body);

const opened = (one: RigSession) => one.until('opened', (view) => view.phase === 'awaiting-booking');

async function scheduled(one: RigSession): Promise<readonly string[]> {
  const { events } = await one.handle.fetchHistory();
  return (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: activity }) => activity?.activityType?.name ?? [],
  );
}

const published = (one: RigSession) => one.inputsOf('publish') as readonly Publication[];

const refusal = (nonRetryable: boolean) =>
  ApplicationFailure.create({ type: 'vendor-unavailable', message: 'away', nonRetryable });

test('a session opens with an activity for each vendor and none for our own rows', async () => {
  await session({}, async (one) => {
    await opened(one);
    await one.until('mailed', () => one.inputsOf('writeTicket').length === 1);
    expect(await scheduled(one)).toEqual([
      'confirmPayment',
      'putRoute',
      'openTicket',
      'makeBookingLink',
      'writeTicket',
    ]);
    expect(one.inputsOf('issueLink')).toHaveLength(1);
    expect(published(one).map(({ record }) => record.phase)).toEqual(['opening', 'awaiting-booking']);
  });
});

test('a newer gate never waits for the vendor that carries an older one', async () => {
  const openTicket = async () => {
    throw refusal(false);
  };
  await session({ openTicket }, async (one) => {
    await one.until('live', () => published(one).length > 0);
    expect(await one.ask('revokeAccess', {})).toMatchObject({ accepted: true });
    expect(published(one).at(-1)?.gate.access).toBe('revoked');

    await one.tell({ type: 'order.cancelled', occurredAt: await one.now(), receivedAt: await one.now() });
    await one.until('over', () => published(one).at(-1)?.gate.state === 'over');
    expect((await one.view()).ticketNumber).toBeNull();
  });
});

test('what a failed effect carried goes on alone', async () => {
  const fake = fakeActivities();
  const openTicket = async () => {
    throw refusal(true);
  };
  let issued = 0;
  const issueLink: SessionActivities['issueLink'] = (input) => {
    issued += 1;
    return fake.issueLink(input);
  };
  await session({ openTicket, issueLink }, async (one) => {
    const view = await opened(one);
    expect(view.attention).toMatchObject([{ step: 'open-ticket' }]);
    expect(await scheduled(one)).toEqual(expect.arrayContaining(['issueLink', 'publish']));
    expect(issued).toBe(2);
    expect(published(one).at(-1)?.record).toMatchObject({ phase: 'awaiting-booking', needsAttention: true });
  });
});
