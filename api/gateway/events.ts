import express, { Router } from 'express';
import type { Database } from '../../db/connect.ts';
import { type GatewayEvent, keepGatewayEvents } from '../../db/queries/gateway-events.ts';
import type { Clock } from '../../platform/clock.ts';
import { sameSecret } from '../../platform/secrets.ts';
import { createBoundedMemo } from '../gate/bounded-memo.ts';
import { methodNotAllowed, sendProblem } from '../problem.ts';
import { describeError } from '../request-log.ts';
import { readEventLine } from './event-line.ts';

/** What became of each line that the gateway told. */
export const OUTCOMES = ['kept', 'repeated', 'full', 'unknown', 'passed', 'malformed'] as const;
export type EventOutcome = (typeof OUTCOMES)[number];
export type EventCounts = Readonly<Record<EventOutcome, number>>;

export interface GatewayEventsDependencies {
  readonly db: Database;
  readonly gatewaySecret: string;
  readonly clock: Clock;
  readonly log: { warn(fields: Record<string, unknown>, message: string): void };
}

export interface GatewayEvents {
  /** `POST /gateway/events`, for the internal listener. */
  readonly router: Router;
  counts(): EventCounts;
}

/** A hundred lines with the longest URLs that nginx takes, and their escapes. */
const BODY_LIMIT = '2mb';
/** Sessions whose opening this process knows of. */
const KNOWN_OPENINGS = 10_000;

const nothing = (): Record<EventOutcome, number> => ({
  kept: 0,
  repeated: 0,
  full: 0,
  unknown: 0,
  passed: 0,
  malformed: 0,
});

/** A batch is a list; one line alone stands without brackets where the gateway is set to batches of one. */
function linesIn(body: unknown): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '');
  } catch {
    value = undefined;
  }
  return Array.isArray(value) ? value : [value];
}

/**
 * What the gateway tells of sessions' URLs goes into their timelines: first openings and refusals, in one statement a
 * batch. What means nothing to us is counted and dropped, since the gateway would only send it again; while PostgreSQL
 * is away the answer is 503, and the gateway repeats.
 */
export function createGatewayEvents(deps: GatewayEventsDependencies): GatewayEvents {
  const counted = nothing();
  const opened = createBoundedMemo<string, object>(KNOWN_OPENINGS);
  const expected = `Bearer ${deps.gatewaySecret}`;
  const isKnown = ({ event, slug }: GatewayEvent): boolean =>
    event === 'gateway.opened' && opened.get(slug) !== undefined;

  /** Of equal entries the earliest; openings that are known already go no further. */
  function sift(lines: readonly unknown[]): { events: readonly GatewayEvent[]; tally: EventCounts } {
    const tally = nothing();
    const events = new Map<string, GatewayEvent>();
    for (const line of lines) {
      const event = readEventLine(line, deps.clock());
      if (typeof event === 'string') {
        tally[event] += 1;
        continue;
      }
      const name = `${event.slug} ${event.entry}`;
      const held = events.get(name);
      if (held !== undefined || isKnown(event)) tally.repeated += 1;
      if (!isKnown(event) && (held === undefined || event.at < held.at)) events.set(name, event);
    }
    return { events: [...events.values()], tally };
  }

  async function take(lines: readonly unknown[]): Promise<void> {
    const { events, tally } = sift(lines);
    const written = events.length === 0 ? {} : await keepGatewayEvents(deps.db, events);
    const sum: Record<EventOutcome, number> = { ...nothing(), ...written };
    // Only what was written is counted: a batch that failed comes again.
    for (const outcome of OUTCOMES) counted[outcome] += sum[outcome] + tally[outcome];
    // A slug that is nobody's yet may be somebody's later.
    if (sum.unknown > 0) return;
    for (const { event, slug } of events) if (event === 'gateway.opened') opened.set(slug, {});
  }

  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/gateway/events')
    .post(
      (req, res, next) => {
        res.set('cache-control', 'no-store');
        if (sameSecret(req.get('authorization'), expected)) next();
        else sendProblem(req, res, 'not-authenticated');
      },
      express.raw({ limit: BODY_LIMIT, type: () => true }),
      async (req, res) => {
        try {
          await take(linesIn(req.body));
          res.status(204).end();
        } catch (error) {
          deps.log.warn({ err: describeError(error) }, 'events of the gateway not kept');
          sendProblem(req, res, 'store-unavailable');
        }
      },
    )
    .all(methodNotAllowed('POST'));
  return { router, counts: () => ({ ...counted }) };
}
