import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import {
  bundleWorkflowCode,
  DefaultLogger,
  type InjectedSinks,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { FAILURE_CONVERTER_PATH } from '../../platform/payload-codec/data-converter.ts';
import type { SessionView } from '../../workflows/contract/session.ts';
import { sessionBundle, sharedBundle } from './bundle.ts';
import { checkPrivacy } from './histories.ts';
import { testDataConverter, testPayloadCipher } from './payload-keys.ts';
import { ON_THIS_THREAD } from './temporal.ts';
import type { RecorderSinks } from './workflow-recorder.ts';

export type History = temporal.api.history.v1.IHistory;
type Bundle = Pick<WorkflowBundleWithSourceMap, 'code'>;

/** What one execution did, as it was seen from outside. */
export interface Recording {
  readonly workflowId: string;
  readonly history: History;
  /** What the `session` query answered at the end. */
  readonly view: SessionView;
}

/** What a replay would do again. */
export interface Replayed {
  readonly activities: readonly { readonly type: string; readonly input: unknown }[];
  readonly updates: ReadonlyMap<string, unknown>;
  readonly view: unknown;
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

type Entry = 'recorded' | 'wrong-workflow' | 'wrong-rule' | 'patched';

/** Bundles one file of `test/workflows/entries` together with the recorder, once for all test files. */
export function entryBundle(entry: Entry): Promise<Bundle> {
  return sharedBundle(`entry-${entry}`, () =>
    bundleWorkflowCode({
      logger: new DefaultLogger('WARN'),
      workflowsPath: path(`../workflows/entries/${entry}.ts`),
      failureConverterPath: FAILURE_CONVERTER_PATH,
      workflowInterceptorModules: [path('./workflow-recorder.ts')],
    }),
  );
}

function decode(payload: Payload | null | undefined): unknown {
  return payload ? defaultPayloadConverter.fromPayload(testPayloadCipher.open(payload)) : undefined;
}

function recordedActivities(history: History): Replayed['activities'] {
  return (history.events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled
      ? [
          {
            type: scheduled.activityType?.name ?? '',
            input: (scheduled.input?.payloads ?? []).map(decode),
          },
        ]
      : [],
  );
}

function recordedUpdates(history: History): ReadonlyMap<string, unknown> {
  const outcomes = new Map<string, unknown>();
  for (const { workflowExecutionUpdateCompletedEventAttributes: completed } of history.events ?? []) {
    if (!completed) continue;
    outcomes.set(completed.meta?.updateId ?? '', decode(completed.outcome?.success?.payloads?.[0]));
  }
  return outcomes;
}

/**
 * Replays a history and keeps what the workflow scheduled, answered and showed.
 *
 * @throws DeterminismViolationError when the bundle does not fit the history; `onReplayed` is told first.
 */
export async function replay(
  recording: Pick<Recording, 'history' | 'workflowId'>,
  bundle: Bundle,
  onReplayed?: (replayed: Replayed) => void,
): Promise<Replayed> {
  const activities: { type: string; input: unknown }[] = [];
  const updates = new Map<string, unknown>();
  let view: unknown;
  const sinks: InjectedSinks<RecorderSinks> = {
    recorder: {
      activity: {
        fn: (_info, type, input) => void activities.push({ type, input: JSON.parse(input) }),
        callDuringReplay: true,
      },
      update: {
        fn: (_info, updateId, outcome) => void updates.set(updateId, JSON.parse(outcome)),
        callDuringReplay: true,
      },
      view: {
        fn: (_info, text) => {
          view = JSON.parse(text);
        },
        callDuringReplay: true,
      },
    },
  };
  try {
    await Worker.runReplayHistory(
      { workflowBundle: bundle, dataConverter: testDataConverter, sinks, ...ON_THIS_THREAD },
      recording.history,
      recording.workflowId,
    );
  } finally {
    onReplayed?.({ activities, updates, view });
  }
  return { activities, updates, view };
}

/**
 * What a replay does otherwise than the recording, beyond what determinism checks see: each activity's input,
 * each Update's outcome, the final view. Empty when nothing differs.
 */
export function differences(recording: Recording, replayed: Replayed): readonly string[] {
  const problems: string[] = [];
  const expected = recordedActivities(recording.history);
  for (const [index, activity] of expected.entries()) {
    const again = replayed.activities[index];
    if (!isDeepStrictEqual(activity, again))
      problems.push(`activity ${index}: ${JSON.stringify(activity)} became ${JSON.stringify(again)}`);
  }
  if (replayed.activities.length !== expected.length)
    problems.push(`${expected.length} activities became ${replayed.activities.length}`);

  for (const [updateId, outcome] of recordedUpdates(recording.history)) {
    const again = replayed.updates.get(updateId);
    if (!isDeepStrictEqual(outcome, again))
      problems.push(`update ${updateId}: ${JSON.stringify(outcome)} became ${JSON.stringify(again)}`);
  }
  if (!isDeepStrictEqual(recording.view, replayed.view))
    problems.push(`view ${JSON.stringify(recording.view)} became ${JSON.stringify(replayed.view)}`);
  return problems;
}

/**
 * Replays a recording with the shipped bundle, then with the recording one, and compares.
 *
 * @throws when the workflow is not deterministic, when anything differs, or when there was nothing to replay.
 */
export async function checkReplay(recording: Recording, shipped: Bundle): Promise<void> {
  if (recordedActivities(recording.history).length === 0)
    throw new Error(`${recording.workflowId}: nothing was recorded`);
  await replaysAlike(recording, shipped);
  const replayed = await replay(recording, await entryBundle('recorded'));
  if (replayed.view === undefined) throw new Error(`${recording.workflowId}: nothing was replayed`);
  const problems = differences(recording, replayed);
  if (problems.length > 0)
    throw new Error(`${recording.workflowId}: the replay differs\n${problems.join('\n')}`);
}

/** The same with the bundle that this test run made. */
export async function checkHistory(run: Recording): Promise<void> {
  await checkReplay(run, await sessionBundle());
}

/**
 * Replays a run with the shipped bundle. Each run that a test makes comes here, and so is looked at for what must not
 * be in it.
 *
 * @throws DeterminismViolationError when its commands would be others; and when it is not encrypted, or holds more
 * than ids.
 */
export async function replaysAlike(
  run: Pick<Recording, 'workflowId' | 'history'>,
  shipped?: Bundle,
): Promise<void> {
  checkPrivacy(run);
  const workflowBundle = shipped ?? (await sessionBundle());
  await Worker.runReplayHistory(
    { workflowBundle, dataConverter: testDataConverter, ...ON_THIS_THREAD },
    run.history,
    run.workflowId,
  );
}
