import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { listen } from './listen.ts';

/**
 * Whether a connection of ours is a session of its own: it listens, and hears what another one tells it. Behind a pooler
 * of transactions it never does, since the connection that listened is somebody else's by then.
 *
 * @throws when it cannot connect, or listen, in time.
 */
export async function hearsItself(url: string, timeoutMs: number): Promise<boolean> {
  const channel = `latchkey_doctor_${randomBytes(8).toString('hex')}`;
  let hear = (_heard: boolean): void => undefined;
  const heard = new Promise<boolean>((resolve) => {
    hear = resolve;
  });
  const listener = await listen({
    url,
    channels: [channel],
    onNotification: () => hear(true),
    onLost: () => hear(false),
    timeoutMs,
  });
  const late = setTimeout(() => hear(false), timeoutMs);
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'latchkey-doctor',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_notify($1, $2)', [channel, 'heard']);
    return await heard;
  } finally {
    clearTimeout(late);
    await Promise.all([client.end().catch(() => undefined), listener.close()]);
  }
}
