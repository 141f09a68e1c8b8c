import { environment } from '../platform/environment.ts';
import { readArguments } from './arguments.ts';
import { readSubject } from './bench/options.ts';
import { subjects } from './bench/subject.ts';
import { untilSignal } from './stack/until-signal.ts';

/** Of one subject, or of every one. */
function help(names: readonly string[]): number {
  const texts = names.flatMap((name) => {
    const subject = subjects[name];
    const read = subject && readArguments(subject.definition, ['--help']);
    return read?.kind === 'help' ? read.text : [];
  });
  console.log(texts.join('\n\n\n'));
  return 0;
}

async function main(): Promise<number> {
  const asked = readSubject(process.argv.slice(2), Object.keys(subjects));
  if (!asked.ok) {
    console.error(asked.problem);
    return 2;
  }
  const subject = subjects[asked.subject ?? ''];
  if (subject === undefined) return help(Object.keys(subjects));
  const args = readArguments(subject.definition, asked.rest);
  if (args.kind !== 'run') {
    (args.kind === 'help' ? console.log : console.error)(args.text);
    return args.kind === 'help' ? 0 : 2;
  }
  const run = subject.prepare(args.values);
  if (typeof run !== 'function') {
    console.error(run.join('\n'));
    return 2;
  }

  const progress = (line: string): void => void process.stderr.write(`  … ${line}\n`);
  const stopped = untilSignal(() => progress('ending; Ctrl-C again ends at once'));
  const bench = await Promise.race([
    run({ path: environment()['PATH'], progress }),
    stopped.then(() => undefined),
  ]);
  if (bench === undefined) return 130;
  for (const line of bench.lines) console.log(line);
  if (args.json) console.log(JSON.stringify(bench.json));
  return bench.ok ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
