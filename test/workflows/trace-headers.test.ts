import { afterEach, describe, expect, test } from '@jest/globals';
import type { Context } from '@temporalio/activity';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { ONE_STORY_MS } from '../../platform/tracing/cause.ts';
import { traceActivity } from '../../worker/trace-activities.ts';
import { TRACE_HEADER } from '../../workflows/contract/trace.ts';
import { interceptors } from '../../workflows/interceptors.ts';
import { type KeptSpans, keepSpans } from '../support/kept-spans.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

type Headers = Record<string, Payload>;

const headerOf = (value: unknown): Headers => ({ [TRACE_HEADER]: defaultPayloadConverter.toPayload(value) });

/** A run, by what its interceptors do with headers. */
function startRun(): {
  readonly hears: (kind: 'execute' | 'handleSignal' | 'handleUpdate', headers: Headers) => void;
  /** The headers of an activity that it schedules now. */
  readonly schedules: (own?: Headers) => Headers;
} {
  const { inbound: [inbound] = [], outbound: [outbound] = [] } = interceptors();
  return {
    hears: (kind, headers) => void inbound?.[kind]?.({ headers } as never, async () => undefined),
    schedules(own = {}) {
      let sent: Headers | undefined;
      void outbound?.scheduleActivity?.({ headers: own } as never, async (input) => {
        sent = input.headers;
      });
      if (sent === undefined) throw new Error('no activity was scheduled');
      return sent;
    },
  };
}

describe('a run', () => {
  test('that was never told of a trace leaves headers as they are', () => {
    const own = {};
    const run = startRun();
    run.hears('execute', {});
    run.hears('handleSignal', { other: defaultPayloadConverter.toPayload(1) });
    expect(run.schedules(own)).toBe(own);
  });

  test('hands on what it heard last, beside what is there', () => {
    const heard = fc.array(
      fc.record({
        kind: fc.constantFrom('execute', 'handleSignal', 'handleUpdate'),
        at: fc.option(fc.nat(), { nil: null }),
      }),
    );
    fc.assert(
      fc.property(heard, (messages) => {
        const run = startRun();
        let last: Headers = {};
        for (const { kind, at } of messages) {
          const headers = at === null ? {} : headerOf({ at });
          run.hears(kind, headers);
          if (at !== null) last = headers;
          expect(run.schedules()).toEqual(last);
          expect(run.schedules({ own: {} })).toEqual({ own: {}, ...last });
        }
      }),
    );
  });

  test('knows nothing of another', () => {
    startRun().hears('execute', headerOf({ at: 1 }));
    expect(startRun().schedules()).toEqual({});
  });
});

describe('an activity', () => {
  let kept: KeptSpans | undefined;
  afterEach(async () => {
    await kept?.end();
    kept = undefined;
  });

  async function run(headers: Headers, execute: () => Promise<unknown>): Promise<unknown> {
    const info = {
      activityType: 'openTicket',
      attempt: 2,
      workflowType: 'sessionWorkflow',
      workflowExecution: { workflowId: 'session-1', runId: 'run-1' },
    };
    const { inbound } = traceActivity({ info } as Context);
    return inbound?.execute?.({ args: [], headers }, execute);
  }

  const traceparent = `00-${TRACE}-${SPAN}-01`;

  test.each([
    ['is below what it comes of while that is young', 0, [TRACE, SPAN, []]],
    ['is linked to it later on', ONE_STORY_MS + 60_000, [undefined, undefined, [SPAN]]],
  ])('%s', async (_, age, expected) => {
    kept = keepSpans();
    expect(await run(headerOf({ traceparent, at: Date.now() - age }), async () => 'done')).toBe('done');
    const [span] = await kept.end();
    const { traceId } = span?.spanContext() ?? {};
    expect([
      traceId === TRACE ? traceId : undefined,
      span?.parentSpanContext?.spanId,
      span?.links.map(({ context }) => context.spanId),
    ]).toEqual(expected);
    expect(span?.attributes).toEqual({
      'temporal.activity.type': 'openTicket',
      'temporal.activity.attempt': 2,
      'temporal.workflow.type': 'sessionWorkflow',
      'temporal.workflow.id': 'session-1',
      'temporal.run.id': 'run-1',
    });
  });

  test.each([
    ['none', {}],
    ['something else', headerOf('a text')],
    ['half of one', headerOf({ traceparent })],
    ['one of no trace', headerOf({ traceparent: 'gone', at: 1 })],
    ['what nobody can read', { [TRACE_HEADER]: { metadata: { encoding: Buffer.from('binary/other') } } }],
  ])('is carried out with %s for a header', async (_, headers) => {
    kept = keepSpans();
    expect(await run(headers, async () => 'done')).toBe('done');
    const [span] = await kept.end();
    expect([span?.parentSpanContext, span?.links]).toEqual([undefined, []]);
  });

  test('that fails says its code', async () => {
    kept = keepSpans();
    const failure = Object.assign(new Error('no user ada@example.com'), { type: 'vendor-rejected' });
    await expect(run({}, () => Promise.reject(failure))).rejects.toBe(failure);
    expect((await kept.end())[0]?.attributes['error.type']).toBe('vendor-rejected');
  });
});
