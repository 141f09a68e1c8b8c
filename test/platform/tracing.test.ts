import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CodedFailure } from '../../platform/failures.ts';
import { createLogger } from '../../platform/log.ts';
import { causeWritten, ONE_STORY_MS } from '../../platform/tracing/cause.ts';
import { exporterOf, exportSpans } from '../../platform/tracing/export.ts';
import { inSpan, linkCurrentSpan, outsideSpans } from '../../platform/tracing/in-span.ts';
import { pathTemplate } from '../../platform/tracing/path-template.ts';
import { SPANS } from '../../platform/tracing/spans.ts';
import { startTracing } from '../../platform/tracing/start.ts';
import { traceTemporalCalls } from '../../platform/tracing/temporal-client.ts';
import { currentTraceparent, readTraceparent, traceIds } from '../../platform/tracing/traceparent.ts';
import { TRACE_HEADER } from '../../workflows/contract/trace.ts';
import { type KeptSpans, keepSpans } from '../support/kept-spans.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;

let kept: KeptSpans | undefined;
afterEach(async () => {
  await kept?.end();
  kept = undefined;
});

const vendorSpan = <Result>(work: () => Promise<Result>): Promise<Result> =>
  inSpan('vendor', 'zammad GET', {}, { kind: 'current' }, work);

/** What a start sends to Temporal as headers. */
async function headersOfStart(): Promise<Readonly<Record<string, unknown>>> {
  let sent: Readonly<Record<string, unknown>> = {};
  const input = { workflowType: 'sessionWorkflow', headers: {}, options: { workflowId: 'session-1' } };
  await traceTemporalCalls().startWithDetails?.(input as never, (next) => {
    sent = next.headers;
    return Promise.resolve({ runId: 'run', eagerlyStarted: false });
  });
  return sent;
}

describe('traceparent', () => {
  test('is read as the W3C has it', () => {
    expect(readTraceparent(TRACEPARENT)).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      traceFlags: 1,
      isRemote: true,
    });
    expect(readTraceparent(`00-${TRACE}-${SPAN}-00`)?.traceFlags).toBe(0);
    // A flag of a later level is not ours to hand on.
    expect(readTraceparent(`00-${TRACE}-${SPAN}-03`)?.traceFlags).toBe(1);
  });

  test.each([
    null,
    undefined,
    '',
    `01-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `${TRACEPARENT}, ${TRACEPARENT}`,
  ])('%p is none', (text) => {
    expect(readTraceparent(text)).toBeUndefined();
  });
});

describe('what a span comes of', () => {
  test('is its parent while the story is young, and a link from then on', () => {
    fc.assert(
      fc.property(fc.integer({ min: -ONE_STORY_MS, max: 90 * 24 * 3_600_000 }), (age) => {
        const { kind } = causeWritten(TRACEPARENT, 1_800_000_000_000, 1_800_000_000_000 + age);
        expect(kind).toBe(age <= ONE_STORY_MS ? 'parent' : 'link');
      }),
    );
  });

  test('is nothing where nothing readable was written', () => {
    for (const text of [null, 'gone', `00-${TRACE}`])
      expect(causeWritten(text, 0, 0)).toEqual({ kind: 'none' });
  });

  test('stands in the span as parent or link', async () => {
    kept = keepSpans();
    const span = readTraceparent(TRACEPARENT);
    if (span === undefined) throw new Error('unreadable');
    for (const kind of ['parent', 'link'] as const)
      await inSpan('delivery', kind, {}, { kind, span }, () =>
        inSpan('temporal', `below ${kind}`, {}, { kind: 'current' }, () => Promise.resolve()),
      );
    const spans = new Map((await kept.end()).map((one) => [one.name, one]));
    const [parent, link] = [spans.get('parent'), spans.get('link')];
    expect([parent?.spanContext().traceId, parent?.parentSpanContext?.spanId]).toEqual([TRACE, SPAN]);
    expect(link?.spanContext().traceId).not.toBe(TRACE);
    expect(link?.parentSpanContext).toBeUndefined();
    expect(link?.links.map(({ context }) => context.spanId)).toEqual([SPAN]);
    expect(spans.get('below link')?.parentSpanContext?.spanId).toBe(link?.spanContext().spanId);
  });

  test('may be several webhooks that went out together', async () => {
    kept = keepSpans();
    await inSpan('delivery', 'inbox calendly', {}, { kind: 'none' }, async () => {
      linkCurrentSpan(TRACEPARENT);
      linkCurrentSpan(null);
    });
    const [span] = await kept.end();
    expect(span?.links.map(({ context }) => context.traceId)).toEqual([TRACE]);
  });

  test('is not whoever happened to begin work of everybody', async () => {
    kept = keepSpans();
    const seen: (string | null)[] = [];
    await vendorSpan(async () => {
      await outsideSpans(async () => {
        await Promise.resolve();
        seen.push(currentTraceparent());
      });
      seen.push(currentTraceparent());
    });
    expect(seen).toEqual([null, expect.stringMatching(/^00-/)]);
  });
});

test('a failure is told by its code, and never by its words', async () => {
  kept = keepSpans();
  const words = 'no user ada@example.com';
  const failures = [new CodedFailure('vendor-rejected', words), new TypeError(words), words];
  for (const failure of failures) await vendorSpan(() => Promise.reject(failure)).catch(() => undefined);
  const spans = await kept.end();
  expect(spans.map(({ attributes }) => attributes['error.type'])).toEqual([
    'vendor-rejected',
    'TypeError',
    'unknown',
  ]);
  for (const { status, events } of spans) expect([status, events]).toEqual([{ code: 2 }, []]);
});

test.each([
  ['/api/v1/tickets/search', '/api/v1/tickets/search'],
  ['/api/v1/tickets/4711', '/api/v1/tickets/{id}'],
  ['/apisix/admin/routes/sess-PkcAeI3xm1', '/apisix/admin/routes/{id}'],
  ['/customer/s/qwertyuiopasdfghjklzxc', '/customer/s/{id}'],
  ['/users/ada%40example.com', '/users/{id}'],
  ['/v2/event-types/7/private-links', '/v2/event-types/{id}/private-links'],
  ['/graphql/', '/graphql/'],
])('the path %s is shown as %s', (path, template) => {
  expect(pathTemplate(path)).toBe(template);
});

test('docs/tracing.md has the table of the spans', () => {
  const page = readFileSync(new URL('../../docs/tracing.md', import.meta.url), 'utf8');
  const rows = Object.values(SPANS).map(({ name, kind, cause, attributes }) => {
    const listed = attributes.map((one) => `\`${one}\``).join(', ');
    return `| ${name} | ${kind} | ${cause} | ${listed} |`;
  });
  const table = page
    .slice(page.indexOf('| span |'))
    .split('\n')
    .slice(2, 2 + rows.length + 1);
  expect(table).toEqual([...rows, '']);
});

describe('log lines', () => {
  const lineIn = async (trace: boolean): Promise<Record<string, unknown>> => {
    let line = '';
    const destination = { write: (text: string) => void (line += text) };
    const log = createLogger({ level: 'info', pretty: false, destination });
    if (trace) kept = keepSpans();
    await vendorSpan(async () => log.info('within'));
    return JSON.parse(line) as Record<string, unknown>;
  };

  test('name the span that they were written in', async () => {
    const line = await lineIn(true);
    const [span] = (await kept?.end()) ?? [];
    const ids = span?.spanContext();
    expect([line['trace_id'], line['span_id']]).toEqual([ids?.traceId, ids?.spanId]);
  });

  test('name none where nothing is traced', async () => {
    expect(Object.keys(await lineIn(false))).not.toContain('trace_id');
  });
});

describe('Temporal is told', () => {
  test('which span a start comes of', async () => {
    kept = keepSpans();
    const headers = await headersOfStart();
    const [span] = await kept.end();
    const { data } = headers[TRACE_HEADER] as { data: Uint8Array };
    expect(JSON.parse(Buffer.from(data).toString())).toEqual({
      traceparent: `00-${span?.spanContext().traceId}-${span?.spanContext().spanId}-01`,
      at: expect.any(Number),
    });
    expect([span?.name, span?.attributes]).toEqual([
      'temporal start sessionWorkflow',
      {
        'temporal.call': 'start',
        'temporal.type': 'sessionWorkflow',
        'temporal.workflow.id': 'session-1',
      },
    ]);
  });

  test('nothing where nothing is traced', async () => {
    expect(await headersOfStart()).toEqual({});
    await vendorSpan(async () => {
      expect([currentTraceparent(), traceIds()]).toEqual([null, {}]);
    });
  });
});

describe('exporting', () => {
  const collecting = { kind: 'parentbased_always_on', ratio: 1 } as const;

  async function collector(status: number): Promise<{ url: string; posts: string[]; close: () => void }> {
    const posts: string[] = [];
    const server = createServer((req, res) => {
      posts.push(`${req.method} ${req.url} ${req.headers['content-type']} ${req.headers['x-key']}`);
      req.resume();
      res.writeHead(status).end('words of the collector');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, posts, close: () => server.close() };
  }

  const tracingTo = (url: string, lines: string[]) =>
    exportSpans(
      { serviceName: 'latchkey', resource: {}, sampler: collecting },
      'latchkey-api',
      exporterOf({ exporter: { kind: 'otlp', url, headers: { 'x-key': 'k' } } }),
      { warn: (...words: unknown[]) => void lines.push(JSON.stringify(words)) },
    );

  test('posts OTLP with the configured headers', async () => {
    const { url, posts, close } = await collector(200);
    const tracing = tracingTo(`${url}/v1/traces`, []);
    await vendorSpan(() => Promise.resolve());
    await tracing.stop();
    close();
    expect(posts).toEqual(['POST /v1/traces application/x-protobuf k']);
  });

  test.each([
    ['refuses', 400],
    ['is away', null],
  ])('costs the product nothing when the collector %s, and the process ends', async (_, status) => {
    const { url, close } = await collector(status ?? 200);
    if (status === null) close();
    const lines: string[] = [];
    const tracing = tracingTo(`${url}/v1/traces`, lines);
    expect(await vendorSpan(() => Promise.resolve('done'))).toBe('done');
    await tracing.stop();
    await tracing.stop();
    if (status !== null) close();
    expect(lines.join('\n')).not.toContain('words of the collector');
    if (status !== null) expect(lines).toHaveLength(1);
    expect(currentTraceparent()).toBeNull();
  });

  test('nothing is begun without an exporter', async () => {
    const tracing = await startTracing(null, 'latchkey-api', {
      info: () => {
        throw new Error('there is nothing to tell');
      },
      warn: () => undefined,
    });
    await vendorSpan(async () => expect(currentTraceparent()).toBeNull());
    await tracing.stop();
  });
});
