import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Child, startChild } from './child.ts';
import { freePort, PortTakenError, portFor } from './free-port.ts';
import { findPostgres, type PostgresBinaries } from './postgres-binaries.ts';
import { type PostgresUser, postgresUser } from './postgres-user.ts';
import { clearLeftover } from './postmaster.ts';

export interface StartPostgresOptions {
  /** Holds the cluster, its password and its log; made when absent. */
  readonly dataDir: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** One line for a person. */
  readonly log: (line: string) => void;
  /** Trades durability for speed: tests only. */
  readonly fast?: boolean;
  /** Where a PostgreSQL of the system is looked for: the environment's `PATH`. */
  readonly path?: string | undefined;
}

export interface RunningPostgres {
  /** Of the database `latchkey`, with its password. */
  readonly url: string;
  readonly port: number;
  /** The server's process id. */
  readonly pid: number | undefined;
  /** Ends connections, writes a checkpoint and waits until the server is gone. Safe to call twice. */
  close(): Promise<void>;
}

const USER = 'latchkey';
const DATABASE = 'latchkey';
const READY_MS = 30_000;

const CAREFREE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

interface Place {
  readonly folder: string;
  readonly cluster: string;
  readonly passwordFile: string;
  readonly logFile: string;
}

function placeIn(dataDir: string): Place {
  return {
    folder: dataDir,
    cluster: join(dataDir, 'cluster'),
    passwordFile: join(dataDir, 'password'),
    logFile: join(dataDir, 'server.log'),
  };
}

function passwordIn(place: Place): string {
  if (existsSync(place.passwordFile)) return readFileSync(place.passwordFile, 'utf8').trim();
  const password = randomBytes(24).toString('base64url');
  writeFileSync(place.passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  return password;
}

function initialise(place: Place, binaries: PostgresBinaries, user: PostgresUser, fast: boolean): void {
  // Built beside its place and renamed, so that an interrupted start leaves no half cluster.
  const draft = join(place.folder, `cluster.draft-${process.pid}`);
  const passwordCopy = join(place.folder, `password.draft-${process.pid}`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordCopy, readFileSync(place.passwordFile), { mode: 0o600 });
  if (user.owner) {
    for (const file of [draft, passwordCopy]) chownSync(file, user.owner.uid, user.owner.gid);
  }
  const [command, ...args] = [
    ...user.prefix,
    binaries.initdb,
    '-D',
    draft,
    '-U',
    USER,
    `--pwfile=${passwordCopy}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    ...(fast ? ['--no-sync'] : []),
  ];
  try {
    const made = spawnSync(command ?? binaries.initdb, args, { encoding: 'utf8', cwd: '/' });
    if (made.status !== 0)
      throw new Error(`initdb failed: ${(made.error?.message ?? made.stderr ?? '').trim().slice(-800)}`);
    renameSync(draft, place.cluster);
  } finally {
    rmSync(passwordCopy, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

function checkVersion(place: Place, binaries: PostgresBinaries): void {
  const written = readFileSync(join(place.cluster, 'PG_VERSION'), 'utf8').trim();
  if (Number(written) !== binaries.major)
    throw new Error(
      `The data in ${place.folder} was written by PostgreSQL ${written}, and this one is ${binaries.major}. ` +
        'Run `npm run reset` to start afresh, or use the old version.',
    );
}

const urlOf = (password: string, port: number, database: string) =>
  `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;

/** @returns false when the server ended, or refuses us, before it was ready. */
async function becameReady(child: Child, url: string): Promise<boolean> {
  const deadline = performance.now() + READY_MS;
  while (child.running() && performance.now() < deadline) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
      return true;
    } catch {
      await sleep(30);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}

/**
 * Starts a real PostgreSQL on 127.0.0.1 whose data survives; the first start makes it, with a random password.
 * Works as root.
 *
 * @throws {PortTakenError} naming `POSTGRES_PORT`; or an error that says why no PostgreSQL runs here.
 */
export async function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  const binaries = findPostgres(options.path);
  const user = postgresUser(binaries.postgres);
  const place = placeIn(options.dataDir);
  mkdirSync(place.folder, { recursive: true, mode: 0o700 });
  // Another user must be able to pass; what is inside stays closed to everyone else.
  chmodSync(place.folder, user.owner ? 0o711 : 0o700);
  await clearLeftover(place.cluster);
  const password = passwordIn(place);
  if (!existsSync(place.cluster)) {
    options.log(`making a PostgreSQL ${binaries.major} database in ${place.folder}`);
    initialise(place, binaries, user, options.fast ?? false);
  }
  checkVersion(place, binaries);

  for (let attempt = 1; ; attempt += 1) {
    const port = attempt === 1 ? await portFor(options.port, 'POSTGRES_PORT') : await freePort();
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'max_connections=200',
      ...(options.fast ? CAREFREE : []),
    ];
    const child = startChild({
      command: binaries.postgres,
      args: ['-D', place.cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
      prefix: user.prefix,
      logFile: place.logFile,
      stopSignal: 'SIGINT',
    });
    if (await becameReady(child, urlOf(password, port, 'postgres')))
      return {
        url: urlOf(password, port, DATABASE),
        port,
        pid: child.pid,
        close: () => child.stop(15_000),
      };
    const tail = child.tail();
    await child.stop(2000);
    const clash = tail.includes('could not bind');
    if (clash && options.port !== 0) throw new PortTakenError('POSTGRES_PORT', port);
    if (!clash || attempt === 5) throw new Error(`PostgreSQL did not start. Its last lines:\n${tail}`);
  }
}
