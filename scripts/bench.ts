import { environment } from '../platform/environment.ts';
import { readArguments } from './arguments.ts';
import { benchGate } from './bench/gate.ts';
import { goalsOf } from './bench/gate-goals.ts';
import { readSubject, wholeOption } from './bench/options.ts';
import { untilSignal } from './stack/until-signal.ts';

const DEFINITION = {
  command: 'npm run bench -- gate',
  summary: `Measures the gate beside other servers on this machine, on a PostgreSQL of its own: forward-auth answering
from memory beside a bare node:http server, an Express route that verifies the same cookie with jose, and
oauth2-proxy where it is installed; revocations over three replicas; heap per session in memory.

Temporal is not part of it: the replicas' workflows are stood in for by the gates that they published.
Exits 1 when a request passed after its revocation was acknowledged, or a revocation was not confirmed.
With --json the last line is {ok, goals, forwardAuth, revocation, memory}.`,
  options: {
    rounds: { type: 'string', help: 'Interleaved rounds; the results are their medians. Default 5.' },
    seconds: { type: 'string', help: 'Of load per server and round. Default 4.' },
  },
} as const;

async function main(): Promise<number> {
  const subject = readSubject(process.argv.slice(2), ['gate']);
  if (!subject.ok) {
    console.error(subject.problem);
    return 2;
  }
  const args = readArguments<'rounds' | 'seconds'>(DEFINITION, subject.rest);
  if (args.kind !== 'run') {
    (args.kind === 'help' ? console.log : console.error)(args.text);
    return args.kind === 'help' ? 0 : 2;
  }
  const rounds = wholeOption('rounds', args.values.rounds, 5);
  const seconds = wholeOption('seconds', args.values.seconds, 4);
  if (typeof rounds === 'string' || typeof seconds === 'string') {
    console.error([rounds, seconds].filter((value) => typeof value === 'string').join('\n'));
    return 2;
  }

  const progress = (line: string): void => void process.stderr.write(`  … ${line}\n`);
  const asked = untilSignal(() => progress('ending; Ctrl-C again ends at once'));
  const bench = await Promise.race([
    benchGate({ rounds, seconds, path: environment()['PATH'], progress }),
    asked.then(() => undefined),
  ]);
  if (bench === undefined) return 130;
  for (const line of bench.lines) console.log(line);
  if (args.json) console.log(JSON.stringify({ ok: bench.ok, goals: goalsOf(bench.result), ...bench.result }));
  return bench.ok ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
