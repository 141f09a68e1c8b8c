import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { keyRing } from '../../platform/keys.ts';
import { createDataConverter } from '../../platform/payload-codec/data-converter.ts';
import { sessionBundle } from '../support/bundle.ts';
import { checkPrivacy, clearPayloadsOf, decoded, personalDataOf } from '../support/histories.ts';
import { testPayloadCipher, testPayloadKeys } from '../support/payload-keys.ts';
import type { History, Recording } from '../support/replay.ts';
import { textOf } from '../support/secrets-in.ts';
import { timeSkippingServer } from '../support/temporal.ts';
import { type RigSession, withSession } from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [env, bundle] = await Promise.all([timeSkippingServer(), sessionBundle()]);
});
afterAll(() => env.teardown());

const opened = (one: RigSession) => one.until('opened', (view) => view.phase === 'awaiting-booking');

/** An activity that fails with these words. */
const failing = (words: string) => ({
  putRoute: async (): Promise<never> => {
    throw ApplicationFailure.create({ type: 'vendor-rejected', message: words, nonRetryable: true });
  },
});

async function recordingOf(words: string): Promise<Recording> {
  let recording: Recording | undefined;
  await withSession({ env, bundle, activities: failing(words) }, async (one) => {
    await one.until('in need of attention', ({ attention }) => attention.length > 0);
    await one.ask('cancel', { by: 'operator', refund: 'none' });
    recording = await one.recording();
  });
  if (recording === undefined) throw new Error('nothing was recorded');
  return recording;
}

describe('a history', () => {
  test('is encrypted: input, messages, results, failures with their words and stacks', async () => {
    const { history, workflowId } = await recordingOf('words-of-a-failure');
    const key = workflowId.replace(/^session-/, '');
    expect(clearPayloadsOf(history)).toEqual([]);

    // The id stands in the clear where the server needs it, and in no payload.
    const raw = textOf(history).replaceAll(workflowId, '');
    expect(raw).not.toContain(key);
    expect(raw).not.toMatch(/words-of-a-failure|rulesVersion|at putRoute|\.test\.ts/);
    expect(raw).toContain('Encoded failure');

    const text = textOf(decoded(history));
    expect(text).toContain(`"sessionKey":"${key}"`);
    expect(text).toContain('words-of-a-failure');
    expect(text).toMatch(/stack_trace.*encrypted-histories\.test\.ts/);
    expect(text).toMatch(/"by":"operator"/);
  });

  test('of a session whose worker lacks the key waits until the key is back', async () => {
    await withSession({ env, bundle, startWorker: false }, async (one) => {
      const { taskQueue } = await one.handle.describe();
      const lacking = await Worker.create({
        connection: env.nativeConnection,
        ...(env.namespace ? { namespace: env.namespace } : {}),
        taskQueue,
        workflowBundle: bundle,
        dataConverter: createDataConverter(keyRing(testPayloadKeys.all.slice(1))),
      });
      await lacking.runUntil(async () => {
        for (;;) {
          const { events } = await one.handle.fetchHistory();
          if (events?.some((event) => event.workflowTaskFailedEventAttributes)) break;
          await delay(20);
        }
      });
      await one.startWorker();
      await opened(one);
      expect((await one.handle.describe()).status.name).toBe('RUNNING');
    });
  });
});

describe('the check of histories', () => {
  const payloadOf = (value: unknown) => testPayloadCipher.seal(defaultPayloadConverter.toPayload(value));
  const historyOf = (...payloads: readonly ReturnType<typeof payloadOf>[]): History => ({
    events: [{ workflowExecutionSignaledEventAttributes: { input: { payloads: [...payloads] } } }],
  });
  const check = (history: History) => () => checkPrivacy({ workflowId: 'w', history });

  test('passes for ids, codes, instants and numbers', () => {
    const harmless = {
      sessionKey: 'o7ulDSLaNzoAQEHjs47wGW',
      startsAt: 1_800_000_000_000,
      code: 'vendor-timeout',
      refund: 'full',
      ticketNumber: '53123456789012345678',
      appointmentId: 'https://api.calendly.com/scheduled_events/b0c1d2e3-0000-4000-8000-000000000004',
    };
    expect(check(historyOf(payloadOf(harmless)))).not.toThrow();
    // The negatives below are no accident of an empty history.
    expect(textOf(decoded(historyOf(payloadOf(harmless))))).toContain('53123456789012345678');
  });

  test.each([
    ['an e-mail address', { id: 'ada.client@example.com' }],
    ['an e-mail address', { note: 'wrote to ada%40example.co.uk' }],
    ['a signed token', { note: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln' }],
    ['a credential', { note: 'Authorization: Bearer abcdefghijklmnop' }],
    ['a phone number', { note: 'call +49 30 1234567' }],
    ['a link', { note: 'http://127.0.0.1:3013/customer/s/abc' }],
    ['a link', { note: 'https://calendly.com/d/abc-def/60-min' }],
    ['a link', { id: 'https://api.calendly.com/scheduled_events/x?token=y' }],
    ['an amount of money', { note: 'refunded 49.00 EUR' }],
    ['the field firstName', { client: { firstName: 'Ada' } }],
    ['the field name', [{ name: 'Ada' }]],
    ['the field amount', { refund: { amount: '49.0' } }],
    ['the field joinUrl', { joinUrl: 'there' }],
    ['the field accessToken', { accessToken: 'x' }],
    ['the field comment', { comment: 'I am ill' }],
  ])('finds %s', (what, value) => {
    expect(personalDataOf(historyOf(payloadOf({ fine: 1 }), payloadOf(value)))).toEqual([
      expect.stringContaining(`${what} in events.0.`),
    ]);
    expect(check(historyOf(payloadOf(value)))).toThrow(what);
  });

  test('finds what the story knows, in a failure’s words too, and what is not encrypted', () => {
    const failure = {
      message: 'Encoded failure',
      encodedAttributes: payloadOf({ message: 'Lovelace, slug-1' }),
    };
    const history: History = { events: [{ activityTaskFailedEventAttributes: { failure } }] };
    expect(personalDataOf(history)).toEqual([]);
    expect(
      personalDataOf(history, [
        { name: 'the family name', value: 'Lovelace' },
        { name: 'the first name', value: 'Augusta' },
      ]),
    ).toEqual([expect.stringContaining('the family name')]);

    const plain = historyOf(defaultPayloadConverter.toPayload({ sessionKey: 'k' }));
    expect(clearPayloadsOf(plain)).toHaveLength(1);
    expect(check(plain)).toThrow('is not encrypted');
  });

  test('stands behind each run of the rig: one that leaks fails its test', async () => {
    await expect(recordingOf('no such person: ada.client@example.com')).rejects.toThrow('an e-mail address');
  });
});
