import { type BookingList, pageOfBookings } from '../../db/queries/booking-list.ts';
import type { Database } from '../../db/connect.ts';
import { openPlans, WHOLE_TABLE } from './admin-plan.ts';
import { plainQuestion, type Question, searchQuestions } from './admin-questions.ts';
import { SEED, writeBookings } from './admin-rows.ts';
import { type Goal, goalLines, keptItsPromises, table } from './goals.ts';
import { onOwnPostgres } from './own-postgres.ts';
import { median, ratios, rotated, rounded } from './statistics.ts';

const PER_PAGE = 10;

export interface AdminBenchOptions {
  readonly rounds: number;
  readonly bookings: number;
  readonly path: string | undefined;
  readonly progress: (line: string) => void;
}

/** One page and the count of its list. */
export interface MeasuredPage {
  readonly name: string;
  readonly matches: number;
  /** Milliseconds, the median of the rounds. */
  readonly ms: number;
  /** To the plain page, the median of the rounds. */
  readonly ratio: number;
  readonly indexes: readonly string[];
}

export interface AdminResult {
  readonly bookings: number;
  readonly seed: number;
  readonly plainMs: number;
  readonly plainIndexes: readonly string[];
  readonly pages: readonly MeasuredPage[];
  readonly worstRatio: number;
}

export interface AdminBench {
  readonly result: AdminResult;
  readonly lines: readonly string[];
  readonly ok: boolean;
}

const pageOf = (db: Database, list: BookingList) =>
  pageOfBookings(db, list, { after: null, offset: 0, limit: PER_PAGE + 1 });

export function adminGoals({
  worstRatio,
  pages,
}: Pick<AdminResult, 'worstRatio' | 'pages'>): readonly Goal[] {
  const unindexed = pages.filter(({ indexes }) => indexes.includes(WHOLE_TABLE));
  return [
    {
      what: 'a filtered, sorted, searched page to a plain one',
      wanted: '≤ 3',
      seen: String(worstRatio),
      met: worstRatio <= 3,
      must: false,
    },
    {
      what: 'searches that read the whole table',
      wanted: '0',
      seen: String(unindexed.length),
      met: unindexed.length === 0,
      must: true,
    },
  ];
}

function linesOf(result: AdminResult): readonly string[] {
  return [
    `${result.bookings} bookings of one tenant, seed ${result.seed}; first pages of ${PER_PAGE} with their counts`,
    ...table([
      ['', 'matches', 'ms', 'to plain', 'indexes'],
      ['plain', String(result.bookings), String(result.plainMs), '', result.plainIndexes.join(', ')],
      ...result.pages.map(({ name, matches, ms, ratio, indexes }) => [
        name,
        String(matches),
        String(ms),
        String(ratio),
        indexes.join(', '),
      ]),
    ]),
    '',
    ...goalLines(adminGoals(result)),
  ];
}

/** Milliseconds of each question in one round, by its name. */
type Round = Readonly<Record<string, number>>;

async function oneRound(db: Database, questions: readonly Question[]): Promise<Round> {
  const round: Record<string, number> = {};
  for (const { name, list } of questions) {
    const started = performance.now();
    await pageOf(db, list);
    round[name] = performance.now() - started;
  }
  return round;
}

/** Measures the admin's list of bookings: plain pages beside filtered, sorted and searched ones, in turn. */
export function benchAdmin(options: AdminBenchOptions): Promise<AdminBench> {
  const { progress, bookings } = options;
  return onOwnPostgres(options, async ({ url, db, closeLater }) => {
    progress(`writing ${bookings} bookings`);
    const tenantId = await writeBookings(db, bookings);
    const plain = plainQuestion(tenantId);
    const searches = await searchQuestions(db, tenantId, bookings);
    const all = [plain, ...searches];
    // What is read for the first time comes from the disk.
    await oneRound(db, all);
    const rounds: Round[] = [];
    while (rounds.length < options.rounds) rounds.push(await oneRound(db, rotated(all, rounds.length)));

    const plans = openPlans(url);
    closeLater(() => plans.close());
    const measure = (name: string) => (round: Round) => round[name] ?? Number.NaN;
    const pages: MeasuredPage[] = [];
    for (const { name, list } of searches)
      pages.push({
        name,
        matches: (await pageOf(db, list)).total,
        ms: rounded(median(rounds.map(measure(name))), 2),
        ratio: rounded(median(ratios(rounds, measure(name), measure(plain.name))), 2),
        indexes: await plans.indexesOf('bookings', (logged) => pageOf(logged, list)),
      });
    const result: AdminResult = {
      bookings,
      seed: SEED,
      plainMs: rounded(median(rounds.map(measure(plain.name))), 2),
      plainIndexes: await plans.indexesOf('bookings', (logged) => pageOf(logged, plain.list)),
      pages,
      worstRatio: Math.max(...pages.map(({ ratio }) => ratio)),
    };
    return { result, lines: linesOf(result), ok: keptItsPromises(adminGoals(result)) };
  });
}
