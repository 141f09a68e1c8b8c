import { type DestinationStream, type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { LogLevel } from './config.ts';
import { traceIds } from './tracing/traceparent.ts';
import { REDACTED, REDACTED_PATHS, redactFields, scrub } from './redaction.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** For a person at a terminal; false is one JSON object per line. */
  readonly pretty: boolean;
  /** Which process or part writes. */
  readonly name?: string;
  /** Default: standard output. */
  readonly destination?: DestinationStream & { write(text: string): unknown };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/**
 * A logger that cannot give away a credential or a person: fields by their name at any depth, then the whole line
 * by what secrets and e-mail addresses look like. Children (`log.child({…})`) inherit both.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: options.name ? { name: options.name } : null,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: traceIds,
    redact: { paths: [...REDACTED_PATHS], censor: REDACTED },
    formatters: {
      level: (label: string) => ({ level: label }),
      log(fields: Record<string, unknown>) {
        const redacted = redactFields(fields);
        return isRecord(redacted) ? redacted : {};
      },
    },
    hooks: { streamWrite: scrub },
  };
  if (options.pretty)
    return pino(
      settings,
      PinoPretty({
        colorize: options.destination === undefined,
        destination: options.destination ?? 1,
        sync: true,
        translateTime: 'SYS:HH:MM:ss.l',
        singleLine: true,
      }),
    );
  return options.destination ? pino(settings, options.destination) : pino(settings);
}
