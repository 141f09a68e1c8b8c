import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../db/connect.ts';
import type { Client } from './client.ts';
import type { Sandboxes } from './system.ts';

export type Door = 'page' | 'join';

/** One request of a client who never stops looking. Instants in milliseconds. */
export interface Poll {
  readonly key: string;
  readonly door: Door;
  readonly sentAt: number;
  readonly answeredAt: number;
  /** 0 when there was no answer. */
  readonly status: number;
  /** It came through the gate. */
  readonly passed: boolean;
}

export interface Watch {
  /** From now on this client asks for both doors, until the watch ends. */
  follow(key: string, client: Client): void;
  readonly polls: readonly Poll[];
  /** When a session's final gate was first seen in the store. */
  readonly seenOver: ReadonlyMap<string, number>;
  /** Every route that the gateway ever had. */
  readonly routesSeen: ReadonlySet<string>;
  stop(): Promise<void>;
}

const JOIN_EVERY_MS = 1000;
const PAGE_EVERY_MS = 2000;
const STORE_EVERY_MS = 500;
/** A route may be gone as soon as it is there: its session was cancelled while the gateway did not answer. */
const ROUTES_EVERY_MS = 10;

const leadsToLogin = (location: string | null): boolean => location?.startsWith('/customer/login') ?? false;

/**
 * Looks at the doors as clients see them, and at what the store and the gateway hold.
 *
 * @param db of the watch's own, which may break while PostgreSQL is dead.
 */
export function startWatch(db: Database, { apisix }: Sandboxes): Watch {
  const polls: Poll[] = [];
  const seenOver = new Map<string, number>();
  const routesSeen = new Set<string>();
  const loops: Promise<void>[] = [];
  let stopped = false;

  function every(ms: number, look: () => Promise<void>): void {
    loops.push(
      (async () => {
        while (!stopped) {
          const began = Date.now();
          await look().catch(() => undefined);
          await sleep(Math.max(0, began + ms - Date.now()));
        }
      })(),
    );
  }

  async function poll(key: string, door: Door, { page, visitor }: Client): Promise<void> {
    const sentAt = Date.now();
    const visit = await visitor.get(door === 'page' ? page : `${page}/join`).catch(() => undefined);
    const status = visit?.status ?? 0;
    const passed = status === 200 || (status === 302 && !leadsToLogin(visit?.location ?? null));
    polls.push({ key, door, sentAt, answeredAt: Date.now(), status, passed });
  }

  every(ROUTES_EVERY_MS, async () => {
    for (const { id } of apisix.routes()) routesSeen.add(id);
  });
  every(STORE_EVERY_MS, async () => {
    const rows = await db.selectFrom('gates').select(['session_key', 'gate']).execute();
    const now = Date.now();
    for (const { session_key, gate } of rows)
      if (gate.state === 'over' && !seenOver.has(session_key)) seenOver.set(session_key, now);
  });

  return {
    polls,
    seenOver,
    routesSeen,
    follow(key, client) {
      every(JOIN_EVERY_MS, () => poll(key, 'join', client));
      every(PAGE_EVERY_MS, () => poll(key, 'page', client));
    },
    async stop() {
      stopped = true;
      await Promise.race([Promise.all(loops), sleep(5000)]);
    },
  };
}
