import { systemClock } from '../platform/clock.ts';
import { environment } from '../platform/environment.ts';
import { readArguments } from './arguments.ts';
import { examine } from './doctor/examine.ts';
import { definition, readAreas } from './doctor/options.ts';
import { reportOf } from './doctor/report.ts';
import { joinRunningStack } from './stack/join.ts';

async function main(): Promise<number> {
  const args = readArguments(definition);
  if (args.kind !== 'run') {
    (args.kind === 'help' ? console.log : console.error)(args.text);
    return args.kind === 'help' ? 0 : 2;
  }
  const only = readAreas(args.values.only);
  if (typeof only === 'string') {
    console.error(only);
    return 2;
  }
  const { env, stack } = joinRunningStack(environment());
  if (stack !== null) process.stderr.write(`  … the stack that runs in ${stack}\n`);
  const report = reportOf(await examine(env, only, systemClock));
  for (const line of report.lines) console.log(line);
  if (args.json) console.log(JSON.stringify(report.json));
  return report.exitCode;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(2);
}
