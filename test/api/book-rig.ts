import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { addBookRoutes } from '../../api/booking/book.ts';
import { createBookPages } from '../../api/booking/book-pages.ts';
import { createBookingSweep } from '../../api/booking/book-sweep.ts';
import type { BookingRuns, LinkWait, BookingAnswer } from '../../api/booking/starts.ts';
import { validateBookingLink } from '../../api/booking/validate.ts';
import { createRoutes, type Gatekeepers } from '../../api/operations/routes.ts';
import { type RunningApi, startApi } from '../../api/server.ts';
import type { Database } from '../../db/connect.ts';
import { CodedFailure } from '../../platform/failures.ts';
import type { BookingKey, Instant } from '../../workflows/contract/values.ts';
import { linkKeys } from '../support/booking-rows.ts';
import { type Answer, ask, type Question } from './support/ask.ts';
import { keepersOf } from './support/serve-routes.ts';

export const OUR_ORIGIN = 'https://book.example';
export const CALENDAR = 'https://calendar.example';
export const PAGE = { accept: 'text/html,application/xhtml+xml' } as const;

/** The runs of bookings as the API sees them; they can be away, or slow to make their link. */
export class FakeRuns implements BookingRuns {
  down = false;
  link: 'made' | 'late' | 'refused' = 'made';
  readonly starts: BookingKey[] = [];
  readonly attempts: BookingKey[] = [];
  readonly waits: string[] = [];
  readonly #db: Database;
  readonly #known = new Map<string, BookingKey>();
  /** Once per run, as the real one's activity: a link for each booking. */
  readonly links = new Map<BookingKey, string>();

  constructor(db: Database) {
    this.#db = db;
  }

  async start(booking: { booking_key: BookingKey; workflow_id: string }): Promise<'started' | 'already'> {
    this.attempts.push(booking.booking_key);
    if (this.down) throw new CodedFailure('engine-unavailable', 'away');
    if (this.#known.has(booking.workflow_id)) return 'already';
    this.#known.set(booking.workflow_id, booking.booking_key);
    this.starts.push(booking.booking_key);
    return 'started';
  }

  async startAndAwaitLink(booking: { booking_key: BookingKey; workflow_id: string }): Promise<LinkWait> {
    const { booking_key: key, workflow_id: workflowId } = booking;
    this.waits.push(workflowId);
    if (this.down) {
      this.attempts.push(key);
      return 'unavailable';
    }
    if (!this.#known.has(workflowId)) await this.start(booking);
    if (this.link !== 'made') return this.link;
    const url = this.links.get(key) ?? `${CALENDAR}/d/${this.links.size + 1}?utm_content=${key}`;
    this.links.set(key, url);
    await this.#db.updateTable('bookings').set({ booking_url: url }).where('booking_key', '=', key).execute();
    return 'ready';
  }

  async update(): Promise<BookingAnswer> {
    return { kind: 'not-found' };
  }

  async settled(): Promise<void> {}
}

export interface BookRig {
  readonly api: RunningApi;
  readonly runs: FakeRuns;
  readonly sweep: ReturnType<typeof createBookingSweep>;
  readonly owed: () => number;
  now: Instant;
  logged(): string;
  get(token: string | null, question?: Question): Promise<Answer>;
  /** As a browser sends the page's form, unless headers say otherwise. */
  post(fields: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** As a program sends it. */
  send(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  close(): Promise<void>;
}

/** `/booking/book`, its pages and its operations, on a real listener and a real PostgreSQL. */
export async function startBookRig(options: {
  readonly db: Database;
  readonly at: Instant;
  /** By default everyone may ask as often as they like. */
  readonly keepers?: Pick<Gatekeepers, 'limit'>;
}): Promise<BookRig> {
  const { db } = options;
  const keepers = { ...keepersOf(async () => ({ ok: false, reason: 'no-token' })), ...options.keepers };
  const runs = new FakeRuns(db);
  const lines: string[] = [];
  const sink = new PassThrough();
  sink.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  const log = pino({ level: 'trace' }, sink);
  const clock = (): Instant => rig.now;
  const sweep = createBookingSweep({ db, runs, clock, log, intervalMs: 0 });
  let owed = 0;
  const book = {
    db,
    clock,
    log,
    validate: (token: string, now: Instant) => validateBookingLink({ db, linkKeys }, token, now),
    runs,
    onOwed: () => {
      owed += 1;
    },
    origins: [OUR_ORIGIN],
    linkWaitMs: 3000,
  };
  const routes = createRoutes(keepers, log);
  addBookRoutes(routes, book);
  const api = await startApi({
    http: { port: 0, host: '127.0.0.1', internalPort: 0, internalHost: '127.0.0.1' },
    log,
    publicRouters: [createBookPages({ ...book, schedulingOrigins: [CALENDAR], keepers }), routes.router()],
    internalRouters: [],
    readiness: [],
    stopInOrder: [{ name: 'sweep', stop: () => sweep.stop() }],
  });
  const url = `${api.publicUrl}/booking/book`;
  const rig: BookRig = {
    api,
    runs,
    sweep,
    owed: () => owed,
    now: options.at,
    logged: () => lines.join(''),
    get: (token, question = {}) =>
      ask(token === null ? url : `${url}?token=${token}`, {
        ...question,
        headers: { ...PAGE, ...question.headers },
      }),
    post: (fields, headers = {}) =>
      ask(url, {
        method: 'POST',
        headers: {
          ...PAGE,
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
          'sec-fetch-mode': 'navigate',
          ...headers,
        },
        body: new URLSearchParams(fields).toString(),
      }),
    send: (body, headers = {}) =>
      ask(url, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    close: () => api.close(),
  };
  return rig;
}
