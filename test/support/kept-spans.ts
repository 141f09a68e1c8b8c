import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { exportSpans } from '../../platform/tracing/export.ts';

export interface KeptSpans {
  /** Ends the tracing, and says what was traced. */
  end(): Promise<readonly ReadableSpan[]>;
}

/** Traces everything in this process and keeps it. */
export function keepSpans(): KeptSpans {
  const kept: ReadableSpan[] = [];
  const exporter: SpanExporter = {
    export(spans, done) {
      kept.push(...spans);
      done({ code: 0 });
    },
    shutdown: () => Promise.resolve(),
  };
  const tracing = exportSpans(
    { serviceName: null, resource: {}, sampler: { kind: 'parentbased_always_on', ratio: 1 } },
    'latchkey-test',
    exporter,
    { warn: () => undefined },
  );
  return {
    async end() {
      await tracing.stop();
      return kept;
    },
  };
}
