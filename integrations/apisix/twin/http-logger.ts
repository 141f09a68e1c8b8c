import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { z } from 'zod';
import type { httpLoggerSchema } from './schemas.ts';

type HttpLoggerConf = z.output<typeof httpLoggerSchema>;

export interface HttpLogger {
  /** Keeps one entry until its batch goes out; `variable` gives undefined for what has no value. */
  push(
    conf: HttpLoggerConf,
    variable: (name: string) => unknown,
    ids: Readonly<Record<string, string>>,
  ): void;
  /** Sends what is kept without waiting for it to be enough; resolves when nothing is under way any more. */
  flush(): Promise<void>;
  /** Forgets what is kept. */
  close(): void;
}

/** The entries of one configuration, as `apisix/utils/batch-processor.lua` keeps them. */
interface Batch {
  readonly conf: HttpLoggerConf;
  entries: object[];
  /** Milliseconds that only go forward. */
  firstAt: number;
  lastAt: number;
  timer: NodeJS.Timeout | undefined;
}

/** A format, filled in. What does not begin with `$` stands as it is. */
function filledIn(
  format: Readonly<Record<string, string>>,
  variable: (name: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(format).map(([name, value]) => [
      name,
      value.startsWith('$') ? variable(value.slice(1)) : value,
    ]),
  );
}

/** One POST. APISIX sends the bytes that it has, whatever they mean, so text is one character per byte here. */
function post(conf: HttpLoggerConf, body: string): Promise<number> {
  const url = new URL(conf.uri);
  const bytes = Buffer.from(body, 'latin1');
  return new Promise((resolve, reject) => {
    const call = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      agent: false,
      headers: {
        // Without a port, as net.url parses it.
        host: url.hostname,
        'content-type': conf.concat_method === 'json' ? 'application/json' : 'text/plain',
        'content-length': bytes.length,
        'user-agent': 'lua-resty-http/0.17.2 (Lua) ngx_lua/10028',
        ...(conf.auth_header === undefined ? {} : { authorization: conf.auth_header }),
      },
    });
    call.setTimeout(conf.timeout * 1000, () => call.destroy(new Error('timed out')));
    call.on('error', reject);
    call.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
    });
    call.end(bytes);
  });
}

function bodyOf(conf: HttpLoggerConf, entries: readonly object[]): string {
  if (conf.batch_max_size === 1) return JSON.stringify(entries[0]);
  return conf.concat_method === 'json'
    ? JSON.stringify(entries)
    : entries.map((entry) => JSON.stringify(entry)).join('\n');
}

/**
 * http-logger's log phase: a batch goes out when it is full, when nothing came for `inactive_timeout` or when its first
 * entry is `buffer_duration` old. A status from 400 up, or none, is a failure: repeated `max_retry_count` times, then
 * dropped.
 *
 * @param report what a batch could not be sent for.
 */
export function createHttpLogger(report: (failure: string) => void): HttpLogger {
  const batches = new Map<string, Batch>();
  const underWay = new Set<Promise<void>>();
  const waiting = new Set<NodeJS.Timeout>();
  let closed = false;

  const pause = (seconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        waiting.delete(timer);
        resolve();
      }, seconds * 1000);
      waiting.add(timer);
      timer.unref();
    });

  async function deliver(conf: HttpLoggerConf, entries: readonly object[]): Promise<void> {
    const body = bodyOf(conf, entries);
    for (let attempt = 0; !closed; attempt += 1) {
      const status = await post(conf, body).catch(() => 0);
      if (status > 0 && status < 400) return;
      report(`http-logger: ${status === 0 ? 'no answer' : `server returned status code[${status}]`}`);
      if (attempt >= conf.max_retry_count) return;
      await pause(conf.retry_delay);
    }
  }

  function send(batch: Batch): void {
    const { conf, entries } = batch;
    if (entries.length === 0) return;
    batch.entries = [];
    const delivery = deliver(conf, entries);
    underWay.add(delivery);
    void delivery.finally(() => underWay.delete(delivery));
  }

  function arm(batch: Batch): void {
    batch.timer = setTimeout(() => {
      batch.timer = undefined;
      const now = performance.now();
      const idle = now - batch.lastAt >= batch.conf.inactive_timeout * 1000;
      const old = now - batch.firstAt >= batch.conf.buffer_duration * 1000;
      if (idle || old) send(batch);
      else arm(batch);
    }, batch.conf.inactive_timeout * 1000);
    batch.timer.unref();
  }

  return {
    push(conf, variable, ids) {
      const name = JSON.stringify(conf);
      const now = performance.now();
      const batch = batches.get(name) ?? { conf, entries: [], firstAt: now, lastAt: now, timer: undefined };
      batches.set(name, batch);
      if (batch.entries.length === 0) batch.firstAt = now;
      batch.lastAt = now;
      batch.entries.push({ ...filledIn(conf.log_format, variable), ...ids });
      if (batch.entries.length >= conf.batch_max_size) send(batch);
      if (batch.timer === undefined) arm(batch);
    },
    async flush() {
      for (const batch of batches.values()) send(batch);
      await Promise.all(underWay);
    },
    close() {
      closed = true;
      for (const { timer } of batches.values()) clearTimeout(timer);
      for (const timer of waiting) clearTimeout(timer);
      batches.clear();
    },
  };
}
