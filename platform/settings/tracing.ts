import { z } from 'zod';
import { flag, httpUrl } from '../config-values.ts';
import { settingKinds, settingWords } from './words.ts';

/** By the names of the OpenTelemetry specification. */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
const EXPORTERS = ['none', 'otlp', 'console'] as const;

/** `key=value,…` with percent-encoded values, as OTLP headers and resource attributes are given. */
const pairs = () =>
  z
    .string()
    .default('')
    .transform((text, context) => {
      const found: Record<string, string> = {};
      for (const one of text.split(',').filter((part) => part.trim() !== '')) {
        const [name = '', ...rest] = one.split('=');
        const value = decoded(rest.join('=').trim());
        if (name.trim() === '' || rest.length === 0 || value === undefined) {
          context.addIssue({ code: 'custom', message: 'is not a list like key=value,other=value' });
          return z.NEVER;
        }
        found[name.trim()] = value;
      }
      return found;
    })
    .register(settingKinds, { kind: 'list of `key=value`' });

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The variables are those of the OpenTelemetry specification. No process needs one: without an exporter nothing is traced. */
export const tracingSettings = () => ({
  OTEL_TRACES_EXPORTER: z
    .enum(EXPORTERS, { error: `is none of ${EXPORTERS.join(', ')}` })
    .optional()
    .register(settingWords, {
      meaning: 'Where spans go: `otlp` to a collector, `none`, in development also `console`.',
      readBy: 'API and worker',
      otherwise: '`otlp` where there is an address, else `none`',
    }),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl('where spans are sent to').optional().register(settingWords, {
    meaning: 'The collector, which takes OTLP over HTTP; `/v1/traces` is added.',
    readBy: 'API and worker',
    otherwise: '`http://localhost:4318` with the exporter `otlp`',
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl('where spans are sent to', { exact: true })
    .optional()
    .register(settingWords, {
      meaning: 'The same as a whole address, which goes before.',
      readBy: 'API and worker',
    }),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/protobuf'], { error: 'must be http/protobuf' })
    .default('http/protobuf')
    .register(settingWords, { meaning: 'How spans are sent.', readBy: 'API and worker' }),
  OTEL_EXPORTER_OTLP_HEADERS: pairs().register(settingWords, {
    meaning: "What is sent along, percent-encoded: the collector's credentials.",
    readBy: 'API and worker',
    secret: true,
  }),
  OTEL_SERVICE_NAME: z.string().trim().min(1).optional().register(settingWords, {
    meaning: 'What our processes are called in traces.',
    readBy: 'API and worker',
    otherwise: '`latchkey-api` and `latchkey-worker`',
  }),
  OTEL_RESOURCE_ATTRIBUTES: pairs().register(settingWords, {
    meaning: 'What else each span says of the process, such as `deployment.environment.name=production`.',
    readBy: 'API and worker',
  }),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS, { error: `is none of ${SAMPLERS.join(', ')}` })
    .default('parentbased_always_on')
    .register(settingWords, { meaning: 'Which traces are kept.', readBy: 'API and worker' }),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .default('1')
    .refine((text) => /^(0|1|[01]?\.\d{1,9})$/.test(text) && Number(text) <= 1, 'is not a number from 0 to 1')
    .transform(Number)
    .register(settingKinds, { kind: 'number from 0 to 1' })
    .register(settingWords, {
      meaning: 'The share of traces that the samplers by ratio keep.',
      readBy: 'API and worker',
    }),
  OTEL_SDK_DISABLED: flag().register(settingWords, {
    meaning: 'Nothing is traced, whatever else is set.',
    readBy: 'API and worker',
  }),
});
