import { randomBytes } from 'node:crypto';
import type { Database } from '../../db/connect.ts';
import { listen, type Listener } from '../../db/listen.ts';
import { newerGates } from '../../db/queries/gate.ts';
import { GATE_CHANNEL } from '../../db/queries/publication.ts';
import { PAGE_CHANNEL } from '../../db/queries/session-page.ts';
import {
  CONFIRMATION_CHANNEL,
  confirmRevocations,
  pruneReplicas,
  removeReplica,
  renewLease,
} from '../../db/queries/replicas.ts';
import {
  liveRevocations,
  newestRevocation,
  REVOCATION_CHANNEL,
  revocationsAfter,
} from '../../db/queries/revocations.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { readGateNotice, readRevocationNotice } from './notices.ts';
import type { Pulse } from './pulse.ts';
import { readGateValue } from './reading.ts';
import type { RevokedMemory } from './revoked.ts';
import { clockOffset, type ClockOffset } from './skew.ts';
import type { Snapshots } from './snapshots.ts';

export interface ReplicaSettings {
  readonly heartbeatMs: number;
  /** By PostgreSQL's clock. Longer than memory is believed after a heartbeat. */
  readonly leaseMs: number;
  /** A connection on which no heartbeat came back for this long is dead. */
  readonly silenceMs: number;
  /** The longest wait before connecting again. */
  readonly reconnectMs: number;
  /** For connecting, and for each statement on the listening connection. */
  readonly statementMs: number;
}

/** What an operator wants to read of it. `error` is what a driver threw; only its name and code are to be logged. */
export type ReplicaEvent =
  | { readonly kind: 'listening'; readonly replicaId: string }
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'unreadable'; readonly channel: string };

export interface ReplicaDeps {
  readonly url: string;
  readonly db: Database;
  /** What this process is called; each start makes a name of its own from it. */
  readonly name: string;
  readonly snapshots: Snapshots;
  readonly revoked: RevokedMemory;
  readonly pulse: Pulse;
  readonly clock: Clock;
  readonly monotonic: () => number;
  readonly settings: ReplicaSettings;
  readonly onConfirmation: () => void;
  /** What is known of a session, or of who may see it, has changed; null: of which one is not known. */
  readonly onChange: (key: SessionKey | null) => void;
  readonly onEvent: (event: ReplicaEvent) => void;
}

/** This process as one of those that answer forward-auth. */
export interface Replica {
  readonly id: string;
  /** It listens, and everything that is live was loaded. */
  isLoaded(): boolean;
  offset(): ClockOffset | undefined;
  losses(): number;
  /** Ends its lease: nobody waits for it any more. */
  close(): Promise<void>;
}

const FIRST_WAIT_MS = 50;
const PRUNE_EVERY_MS = 60_000;

/**
 * Keeps memory equal to what is published. It listens first and reads then; a lease stands in PostgreSQL before the
 * first revocation is read; and each heartbeat renews the lease with the same statement that asks for its own echo,
 * so that whoever waits for this replica waits at least as long as it believes its memory.
 */
export function startReplica(deps: ReplicaDeps): Replica {
  const { snapshots, revoked, pulse, monotonic, settings } = deps;
  const mark = randomBytes(8).toString('hex');
  const id = `${deps.name.slice(0, 80)}:${mark}`;
  const beatChannel = `latchkey_beat_${mark}`;
  const channels = [beatChannel, GATE_CHANNEL, PAGE_CHANNEL, REVOCATION_CHANNEL, CONFIRMATION_CHANNEL];

  let connection: Listener | undefined;
  let loaded = false;
  let closed = false;
  let losses = 0;
  let offset: ClockOffset | undefined;
  let beating: Promise<void> | undefined;
  let confirmed = -1;
  let confirming = false;
  let filling = false;
  let unreadable = false;
  let prunedAt = monotonic();
  let hurry: (() => void) | undefined;

  function hearGate(payload: string): void {
    const notice = readGateNotice(payload);
    switch (notice.kind) {
      case 'gate':
        snapshots.hear(notice.gate);
        deps.onChange(notice.gate.sessionKey);
        return;
      case 'unreadable':
        snapshots.distrust(notice.sessionKey);
        deps.onChange(notice.sessionKey);
        deps.onEvent({ kind: 'unreadable', channel: GATE_CHANNEL });
    }
  }

  function hearRevocation(payload: string): void {
    const notice = readRevocationNotice(payload);
    if (notice === undefined) {
      unreadable = true;
      deps.onEvent({ kind: 'unreadable', channel: REVOCATION_CHANNEL });
    } else revoked.hear(notice);
    // A link or a login does not say whose pages it opened.
    deps.onChange(null);
    if (!loaded) return;
    if (isBehind()) void fillGap();
    else void confirm();
  }

  const isBehind = (): boolean => unreadable || revoked.isBehind();

  /** Numbers are given in the order of the commits, so what is missing below one that was heard is in the rows. */
  async function fillGap(): Promise<void> {
    if (filling) return;
    filling = true;
    for (let listener = connection; listener !== undefined && isBehind(); listener = connection) {
      const loading = revoked.load();
      unreadable = false;
      try {
        const newest = await newestRevocation(deps.db);
        loading.append(newest, await revocationsAfter(deps.db, revoked.watermark()));
      } catch (error) {
        loading.giveUp();
        unreadable = true;
        fail(listener, error);
      }
    }
    filling = false;
    await confirm();
  }

  /** One at a time: what is applied meanwhile is confirmed together. */
  async function confirm(): Promise<void> {
    if (confirming) return;
    confirming = true;
    for (let listener = connection; listener !== undefined && loaded; listener = connection) {
      const upTo = revoked.watermark();
      if (upTo <= confirmed) break;
      try {
        await confirmRevocations(listener, id, upTo);
        if (connection === listener) confirmed = upTo;
      } catch (error) {
        fail(listener, error);
      }
    }
    confirming = false;
  }

  function fail(listener: Listener, error: unknown): void {
    if (connection !== listener) return;
    deps.onEvent({ kind: 'failed', error });
    listener.destroy();
  }

  async function beat(listener: Listener): Promise<void> {
    const sentAt = monotonic();
    const wall = deps.clock();
    const now = await renewLease(listener, {
      replicaId: id,
      leaseMs: settings.leaseMs,
      confirmedSeq: loaded ? revoked.watermark() : 0,
      channel: beatChannel,
      payload: String(pulse.beat(sentAt)),
    });
    if (now !== undefined) offset = clockOffset({ sent: wall, tookMs: monotonic() - sentAt, there: now });
  }

  function tick(): void {
    const listener = connection;
    if (listener === undefined || closed) return;
    const now = monotonic();
    if (now - pulse.heardAt() > settings.silenceMs) {
      fail(listener, new Error('no heartbeat came back'));
      return;
    }
    if (now - prunedAt > PRUNE_EVERY_MS) {
      prunedAt = now;
      revoked.prune(deps.clock());
      pruneReplicas(deps.db).catch(() => undefined);
    }
    beating ??= beat(listener)
      .catch((error: unknown) => fail(listener, error))
      .finally(() => {
        beating = undefined;
      });
  }

  async function load(listener: Listener): Promise<void> {
    const loading = revoked.load();
    try {
      const newest = await newestRevocation(deps.db);
      loading.replace(newest, await liveRevocations(deps.db));
    } finally {
      loading.giveUp();
    }
    // After the revocations: access that its workflow has heard of is in the gates by now.
    for (const value of await newerGates(deps.db, snapshots.known())) {
      const gate = readGateValue(value);
      if (gate !== undefined) snapshots.hear(gate);
      else snapshots.distrust(null);
    }
    if (connection !== listener) return;
    loaded = true;
    pulse.trust();
    deps.onChange(null);
    if (isBehind()) await fillGap();
    else await confirm();
  }

  function hear(channel: string, payload: string): void {
    switch (channel) {
      case beatChannel:
        pulse.echo(Number(payload), monotonic());
        return;
      case GATE_CHANNEL:
        hearGate(payload);
        return;
      case PAGE_CHANNEL:
        deps.onChange(payload as SessionKey);
        return;
      case REVOCATION_CHANNEL:
        hearRevocation(payload);
        return;
      case CONFIRMATION_CHANNEL:
        deps.onConfirmation();
    }
  }

  function forget(): void {
    snapshots.lose();
    pulse.lose();
    connection = undefined;
    confirmed = -1;
    loaded = false;
  }

  /** One connection's life. @returns whether memory ever counted. */
  async function live(): Promise<boolean> {
    let isGone = false;
    let settle: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const listener = await listen({
      url: deps.url,
      channels,
      timeoutMs: settings.statementMs,
      onNotification: hear,
      onLost() {
        isGone = true;
        losses += 1;
        forget();
        deps.onEvent({ kind: 'lost' });
        settle?.();
      },
    });
    if (closed || isGone) {
      await listener.close();
      return false;
    }
    connection = listener;
    hurry = settle;
    snapshots.receive();
    pulse.listen(monotonic());
    let worked = false;
    try {
      await beat(listener);
      await load(listener);
      worked = loaded;
      if (worked) deps.onEvent({ kind: 'listening', replicaId: id });
      tick();
    } catch (error) {
      fail(listener, error);
    }
    await gone;
    return worked;
  }

  async function pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
      hurry = resolve;
    });
    clearTimeout(timer);
  }

  async function run(): Promise<void> {
    let wait = FIRST_WAIT_MS;
    while (!closed) {
      const worked = await live().catch((error: unknown) => {
        deps.onEvent({ kind: 'failed', error });
        return false;
      });
      if (closed) return;
      wait = worked ? FIRST_WAIT_MS : Math.min(wait * 2, settings.reconnectMs);
      await pause(wait);
    }
  }

  const timer = setInterval(tick, settings.heartbeatMs);
  const running = run();

  return {
    id,
    isLoaded: () => loaded,
    offset: () => offset,
    losses: () => losses,
    async close() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      const listener = connection;
      await beating;
      forget();
      await listener?.close();
      hurry?.();
      await running;
      try {
        await removeReplica(deps.db, id);
      } catch (error) {
        // Its lease runs out by itself.
        deps.onEvent({ kind: 'failed', error });
      }
    },
  };
}
