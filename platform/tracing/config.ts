import type { z } from 'zod';
import type { SAMPLERS, tracingSettings } from '../settings/tracing.ts';

/** Where spans go. The variables are those of the OpenTelemetry specification. */
export interface TracingConfig {
  readonly exporter:
    | {
        readonly kind: 'otlp';
        /** The whole address that spans are posted to. */
        readonly url: string;
        /** Sent with each post, credentials included. */
        readonly headers: Readonly<Record<string, string>>;
      }
    | { readonly kind: 'console' };
  /** What both processes are called; null: each by its own name. */
  readonly serviceName: string | null;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: {
    readonly kind: (typeof SAMPLERS)[number];
    /** Of the sampled by ratio: from 0 to 1. */
    readonly ratio: number;
  };
}

type Values = z.output<z.ZodObject<ReturnType<typeof tracingSettings>>>;

/** Where a collector on this machine takes OTLP over HTTP. */
const LOCAL_COLLECTOR = 'http://localhost:4318';

/** Null: nothing is traced. An address alone turns tracing on, as does an exporter alone. */
export function tracingOf(values: Values): TracingConfig | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = values;
  const kind = values.OTEL_TRACES_EXPORTER ?? (base || own ? 'otlp' : 'none');
  if (values.OTEL_SDK_DISABLED || kind === 'none') return null;
  return {
    exporter:
      kind === 'console'
        ? { kind }
        : {
            kind,
            url: own ?? `${base ?? LOCAL_COLLECTOR}/v1/traces`,
            headers: values.OTEL_EXPORTER_OTLP_HEADERS,
          },
    serviceName: values.OTEL_SERVICE_NAME ?? null,
    resource: values.OTEL_RESOURCE_ATTRIBUTES,
    sampler: { kind: values.OTEL_TRACES_SAMPLER, ratio: values.OTEL_TRACES_SAMPLER_ARG },
  };
}

/** Whole spans between log lines are for a person at a terminal. */
export function tracingProblems(
  set: Readonly<Record<string, string>>,
): readonly { readonly variable: string; readonly problem: string }[] {
  return set['OTEL_TRACES_EXPORTER'] === 'console' && set['LATCHKEY_ENV'] !== 'development'
    ? [{ variable: 'OTEL_TRACES_EXPORTER', problem: 'may be console in development only' }]
    : [];
}
