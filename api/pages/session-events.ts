import type { Request, Response } from 'express';
import type { SessionChanges } from '../gate/session-changes.ts';
import type { StillPasses } from '../gate/forward-auth.ts';
import { sendProblem } from '../problem.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';

/** All times in milliseconds. */
export interface StreamSettings {
  /** Between two signs of life. Half of what the gateway waits for an answer's next byte (30 s). */
  readonly heartbeatMs: number;
  /** A stream is ended then; its browser opens another one. */
  readonly longestMs: number;
  /** How long a browser waits before it opens another one. */
  readonly retryMs: number;
  readonly inProcess: number;
  readonly perSession: number;
}

export const streamSettings: StreamSettings = {
  heartbeatMs: 15_000,
  longestMs: 15 * 60_000,
  retryMs: 3000,
  inProcess: 1000,
  perSession: 10,
};

export interface SessionStreamsDependencies {
  readonly changes: SessionChanges;
  /** Asks the gate again: access that ended ends the stream. */
  readonly stillPasses: (given: {
    readonly path: string;
    readonly cookie: string | undefined;
    readonly authorization: string | undefined;
  }) => Promise<StillPasses>;
  readonly settings?: Partial<StreamSettings>;
}

/** Pages that follow their sessions, by server-sent events (HTML Living Standard, section 9.2). */
export interface SessionStreams {
  /**
   * Answers with a stream. `changed` carries the mark of what the page shows now; `over` is the last one, when this
   * client may not see the session any more. Too many streams: 503.
   *
   * @param markOf the mark; null when there is no such session.
   */
  open(req: Request, res: Response, key: SessionKey, markOf: () => Promise<string | null>): Promise<void>;
  count(): number;
  /** Ends every stream, and opens no more: the last requests of a process that stops are not to wait for them. */
  close(): void;
}

/** What a slow reader may leave unread, in bytes. */
const MOST_UNREAD = 16_384;

export function createSessionStreams(deps: SessionStreamsDependencies): SessionStreams {
  const settings = { ...streamSettings, ...deps.settings };
  const ends = new Set<() => void>();
  const bySession = new Map<SessionKey, number>();
  let closed = false;

  function enter(key: SessionKey): void {
    bySession.set(key, (bySession.get(key) ?? 0) + 1);
  }

  function leave(key: SessionKey): void {
    const left = (bySession.get(key) ?? 1) - 1;
    if (left > 0) bySession.set(key, left);
    else bySession.delete(key);
  }

  const isFull = (key: SessionKey): boolean =>
    closed || ends.size >= settings.inProcess || (bySession.get(key) ?? 0) >= settings.perSession;

  return {
    async open(req, res, key, markOf) {
      if (isFull(key)) {
        res.set('retry-after', '30');
        sendProblem(req, res, 'too-many-requests', { status: 503, reason: 'too-many-streams' });
        return;
      }
      const given = {
        path: req.originalUrl,
        cookie: req.get('cookie'),
        authorization: req.get('authorization'),
      };
      let over = false;
      let looking = false;
      let again = false;
      let told: string | null = null;

      function end(): void {
        if (over) return;
        over = true;
        clearInterval(heartbeat);
        clearTimeout(longest);
        unfollow();
        leave(key);
        ends.delete(end);
        res.end();
      }
      function write(text: string): void {
        if (over) return;
        if (res.writableLength > MOST_UNREAD) {
          end();
          res.destroy();
        } else res.write(text);
      }

      async function isPermitted(): Promise<boolean> {
        const verdict = await deps.stillPasses(given);
        if (over) return false;
        if (verdict === 'passes') return true;
        // Where nobody can tell, the browser asks again, and is answered by the gate.
        if (verdict === 'refused') write('event: over\ndata:\n\n');
        end();
        return false;
      }
      /** One at a time; what is heard meanwhile is looked at once more. */
      async function look(): Promise<void> {
        if (looking) {
          again = true;
          return;
        }
        looking = true;
        do {
          again = false;
          if (!(await isPermitted())) return;
          const mark = await markOf();
          if (mark === told) continue;
          told = mark;
          write(`event: changed\ndata: ${mark ?? ''}\n\n`);
        } while (again && !over);
        looking = false;
      }

      const heartbeat = setInterval(() => {
        write(': still here\n\n');
        isPermitted().catch(end);
      }, settings.heartbeatMs);
      const longest = setTimeout(end, settings.longestMs);
      // Listened for before the first look, so that nothing falls in between.
      const unfollow = deps.changes.follow(key, () => void look().catch(end));
      enter(key);
      ends.add(end);
      res.on('close', end);
      res.status(200).set({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // nginx, and with it APISIX, hands each event on at once.
        'x-accel-buffering': 'no',
      });
      res.flushHeaders();
      write(`retry: ${settings.retryMs}\n\n`);
      await look().catch(end);
    },
    count: () => ends.size,
    close() {
      closed = true;
      for (const end of ends) end();
    },
  };
}
