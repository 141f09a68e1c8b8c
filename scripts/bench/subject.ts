import { type ScriptDefinition, wholeOption } from '../arguments.ts';
import { adminGoals, benchAdmin } from './admin.ts';
import { benchGate } from './gate.ts';
import { goalsOf } from './gate-goals.ts';
import { benchSessions, QUICK, WHOLE } from './sessions.ts';
import { sessionsGoals } from './sessions/goals.ts';

/** What a bench is run with, beside its options. */
export interface Surroundings {
  readonly path: string | undefined;
  readonly progress: (line: string) => void;
}

export interface Benched {
  readonly ok: boolean;
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
}

/** Something that can be measured. */
export interface Subject {
  readonly definition: ScriptDefinition<string>;
  /** @returns what is wrong with the options, a line each, or the bench itself. */
  prepare(
    values: Readonly<Partial<Record<string, string | boolean>>>,
  ): readonly string[] | ((surroundings: Surroundings) => Promise<Benched>);
}

const ROUNDS = 'Interleaved rounds; the results are their medians.';

const gate: Subject = {
  definition: {
    command: 'npm run bench -- gate',
    summary: `Measures the gate beside other servers on this machine, on a PostgreSQL of its own: forward-auth answering
from memory beside a bare node:http server, an Express route that verifies the same cookie with jose, and
oauth2-proxy where it is installed; revocations over three replicas; heap per session in memory.

Temporal is not part of it: the replicas' workflows are stood in for by the gates that they published.
Exits 1 when a request passed after its revocation was acknowledged, or a revocation was not confirmed.
With --json the last line is {ok, goals, forwardAuth, revocation, memory}.`,
    options: {
      rounds: { type: 'string', help: `${ROUNDS} Default 5.` },
      seconds: { type: 'string', help: 'Of load per server and round. Default 4.' },
    },
  },
  prepare(values) {
    const rounds = wholeOption('rounds', values['rounds'], 5);
    const seconds = wholeOption('seconds', values['seconds'], 4);
    if (typeof rounds === 'string' || typeof seconds === 'string')
      return [rounds, seconds].filter((value) => typeof value === 'string');
    return async (surroundings) => {
      const { ok, lines, result } = await benchGate({ rounds, seconds, ...surroundings });
      return { ok, lines, json: { ok, goals: goalsOf(result), ...result } };
    };
  },
};

const admin: Subject = {
  definition: {
    command: 'npm run bench -- admin',
    summary: `Measures the admin's list of bookings on a PostgreSQL of its own: a filtered, sorted, searched page beside a
plain first page, counts included, for each field that a list is sorted by and each kind of term; and names the
indexes that PostgreSQL plans to read.

Exits 1 when a search reads the whole table.
With --json the last line is {ok, goals, bookings, seed, plainMs, plainIndexes, pages, worstRatio}.`,
    options: {
      rounds: { type: 'string', help: `${ROUNDS} Default 15.` },
      bookings: { type: 'string', help: 'In the table. Default 100000.' },
    },
  },
  prepare(values) {
    const rounds = wholeOption('rounds', values['rounds'], 15);
    const bookings = wholeOption('bookings', values['bookings'], 100_000);
    if (typeof rounds === 'string' || typeof bookings === 'string')
      return [rounds, bookings].filter((value) => typeof value === 'string');
    return async (surroundings) => {
      const { ok, lines, result } = await benchAdmin({ rounds, bookings, ...surroundings });
      return { ok, lines, json: { ok, goals: adminGoals(result), ...result } };
    };
  },
};

const sessions: Subject = {
  definition: {
    command: 'npm run bench -- sessions',
    summary: `Measures what sessions cost, on a Temporal server and a PostgreSQL of its own: how many are opened a second,
beside a workflow that does nothing and one that makes the same calls without any rules, all with activities that do
nothing; how many through the whole system with the vendors' twins; the history of a whole life; the memory of many
that sleep; one cutoff that hits many at once while a client asks at the gate; webhooks taken in, beside a bare server.

Exits 1 when it could not be measured, or the gate refused whom it should let pass.
With --json the last line is {ok, goals, sessions: {open, history, sleeping, herd, intake}}.`,
    options: {
      rounds: { type: 'string', help: `${ROUNDS} Default 5.` },
      quick: {
        type: 'boolean',
        help: 'A little of everything, to see that it works; its numbers mean nothing.',
      },
    },
  },
  prepare(values) {
    const quick = values['quick'] === true;
    const rounds = wholeOption('rounds', values['rounds'], quick ? 1 : 5);
    if (typeof rounds === 'string') return [rounds];
    return async (surroundings) => {
      const size = quick ? QUICK : WHOLE;
      const { ok, lines, result } = await benchSessions({ rounds, size, ...surroundings });
      return { ok, lines, json: { ok, goals: sessionsGoals(result), sessions: result } };
    };
  },
};

export const subjects: Readonly<Record<string, Subject>> = { gate, sessions, admin };
