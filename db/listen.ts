import { Socket } from 'node:net';
import pg from 'pg';

export interface ListenSettings {
  readonly url: string;
  /** Names that need no quoting. */
  readonly channels: readonly string[];
  /** Told in the order of the commits, in the same turn of the event loop in which it was read. */
  readonly onNotification: (channel: string, payload: string) => void;
  /** Told once, when the connection is gone; never after `close`. */
  readonly onLost: () => void;
  /** For connecting, and for each statement. In milliseconds. @default 2000 */
  readonly timeoutMs?: number;
}

/** One connection of its own that listens. */
export interface Listener {
  /** Statements go out one after the other. Rejects when the connection is lost or the time is up. */
  query<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Ends the connection at once, whatever is under way: the way out of one that answers nothing. */
  destroy(): void;
  close(): Promise<void>;
}

/**
 * Connects and listens; what is committed after it resolves is told, until `onLost`. It needs a session of its own:
 * through a transaction pooler nothing is ever heard.
 *
 * @throws when it cannot connect or listen in time.
 */
export async function listen(settings: ListenSettings): Promise<Listener> {
  const timeoutMs = settings.timeoutMs ?? 2000;
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: settings.url,
    stream: () => socket,
    keepAlive: true,
    keepAliveInitialDelayMillis: 1000,
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'latchkey-gate',
  });

  let listening = false;
  let over = false;
  const lose = (): void => {
    if (over) return;
    over = true;
    socket.destroy();
    if (listening) settings.onLost();
  };
  client.on('error', lose);
  client.on('end', lose);
  client.on('notification', ({ channel, payload }) => {
    if (!over) settings.onNotification(channel, payload ?? '');
  });

  try {
    await client.connect();
    await client.query(settings.channels.map((channel) => `listen ${channel}`).join('; '));
  } catch (error) {
    over = true;
    socket.destroy();
    throw error;
  }
  listening = true;
  if (over) throw new Error('the connection was lost while it began to listen');

  return {
    async query<Row extends object>(text: string, values: readonly unknown[]) {
      const { rows } = await client.query<Row>(text, [...values]);
      return rows;
    },
    destroy: lose,
    async close() {
      over = true;
      // A dead peer never says goodbye.
      const impatience = setTimeout(() => socket.destroy(), 500);
      try {
        await client.end();
      } finally {
        clearTimeout(impatience);
        socket.destroy();
      }
    },
  };
}
