import { z } from 'zod';
import type { GatewayEvent } from '../../db/queries/gateway-events.ts';

/** One request as the gateway tells of it: `httpLogger` of the APISIX room says which variable stands where. */
const lineSchema = z.looseObject({
  /** Seconds with three decimals, as nginx's `$msec`. */
  at: z.coerce.number().positive().max(8_640_000_000_000),
  method: z.string(),
  /** The normalised path, decoded. */
  path: z.string(),
  status: z.coerce.number().int().min(100).max(599),
  /** Missing where the upstream was not asked: the gateway answered, or forward-auth did. */
  upstreamStatus: z.coerce.string().optional(),
});

/** A session's URL and what is below it. */
const SESSION_PATH = /^\/customer\/s\/([A-Za-z0-9_-]{22,64})(?:\/|$)/;

/** The refusals of the gateway that an operator looks for; a login wall (302, 401) and an ended session are none. */
const REFUSALS: ReadonlySet<number> = new Set([403, 429, 503]);

const MINUTE_MS = 60_000;

/**
 * What a line tells that is worth keeping: a page that was shown is an opening, a 403, 429 or 503 that the upstream
 * was not asked for a refusal. Refusals of one status are one entry a minute, so that a flood is no more than that and
 * a batch that comes twice adds nothing.
 *
 * @param now a gateway whose clock is ahead does not write into the future.
 * @returns `passed`: nothing to keep; `malformed`: not a line of ours.
 */
export function readEventLine(line: unknown, now: number): GatewayEvent | 'passed' | 'malformed' {
  const parsed = lineSchema.safeParse(line);
  if (!parsed.success) return 'malformed';
  const { method, path, status, upstreamStatus } = parsed.data;
  const slug = SESSION_PATH.exec(path)?.[1];
  if (slug === undefined) return 'passed';
  const atMs = Math.min(now, Math.round(parsed.data.at * 1000));
  const at = new Date(atMs);
  if (upstreamStatus !== undefined)
    return method === 'GET' && status < 400
      ? { slug, entry: 'opened', event: 'gateway.opened', status, at }
      : 'passed';
  if (!REFUSALS.has(status)) return 'passed';
  const entry = `${status}:${Math.floor(atMs / MINUTE_MS)}`;
  return { slug, entry, event: 'gateway.refused', status, at };
}
