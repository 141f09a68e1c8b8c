import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ConsoleSpanExporter,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { Logger } from '../log.ts';
import { outsideSpans } from './in-span.ts';
import { within } from '../within.ts';
import type { TracingConfig } from './config.ts';
import type { Tracing } from './start.ts';

/** One post with its repeats, which would otherwise keep a process for ten seconds that has ended. */
const POST_WITHIN_MS = 2500;
/** A process that ends does not wait longer for a collector that is away. */
const LAST_SPANS_WITHIN_MS = 3000;
/** `ExportResultCode.SUCCESS` of the SDK. */
const EXPORTED = 0;
/** Between two lines of the log about a collector that is away. */
const COMPLAIN_EVERY_MS = 60_000;

function samplerOf({ kind, ratio }: TracingConfig['sampler']): Sampler {
  switch (kind) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}

/** What takes the spans: a collector by OTLP, or the terminal. */
export function exporterOf({ exporter }: Pick<TracingConfig, 'exporter'>): SpanExporter {
  switch (exporter.kind) {
    case 'otlp':
      return new OTLPTraceExporter({
        url: exporter.url,
        headers: { ...exporter.headers },
        timeoutMillis: POST_WITHIN_MS,
      });
    case 'console':
      return new ConsoleSpanExporter();
  }
}

/**
 * Says seldom that spans are lost: a collector that is away loses every batch. What it answered may be anything, so that its
 * words stay out.
 */
function complaining(exporter: SpanExporter, log: Pick<Logger, 'warn'>): SpanExporter {
  let last = Number.NEGATIVE_INFINITY;
  function complain(spans: number): void {
    if (performance.now() - last < COMPLAIN_EVERY_MS) return;
    last = performance.now();
    // The timer that exports was begun by some span, which has nothing to do with it.
    outsideSpans(() => log.warn({ part: 'tracing', spans }, 'spans could not be exported; they are dropped'));
  }
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.code !== EXPORTED) complain(spans.length);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

/** Makes this process trace, with this exporter, until it is stopped. */
export function exportSpans(
  config: Pick<TracingConfig, 'serviceName' | 'resource' | 'sampler'>,
  service: string,
  exporter: SpanExporter,
  log: Pick<Logger, 'warn'>,
): Tracing {
  const provider = new BasicTracerProvider({
    sampler: samplerOf(config.sampler),
    resource: resourceFromAttributes({ ...config.resource, 'service.name': config.serviceName ?? service }),
    spanProcessors: [new BatchSpanProcessor(complaining(exporter, log))],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  let stopping: Promise<void> | undefined;
  return {
    stop() {
      stopping ??= within(
        LAST_SPANS_WITHIN_MS,
        provider.shutdown().catch(() => undefined),
        () => undefined,
      ).finally(() => {
        trace.disable();
        context.disable();
      });
      return stopping;
    },
  };
}
