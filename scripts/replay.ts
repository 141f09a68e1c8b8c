import { DefaultLogger, Runtime } from '@temporalio/worker';
import { environment } from '../platform/environment.ts';
import { findBundle } from '../worker/compose.ts';
import { readArguments } from './arguments.ts';
import { definition, readPlan } from './replay/options.ts';
import { replayAll } from './replay/replay.ts';
import { reportOf } from './replay/report.ts';

async function main(): Promise<number> {
  const args = readArguments(definition);
  if (args.kind !== 'run') {
    (args.kind === 'help' ? console.log : console.error)(args.text);
    return args.kind === 'help' ? 0 : 2;
  }
  const plan = readPlan(args.values);
  if (!('source' in plan)) {
    console.error(plan.join('\n'));
    return 2;
  }
  // Each difference is told once, in the report; the SDK would tell it again with its stack.
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: 'OFF', forward: {} } },
    shutdownSignals: [],
  });
  const replayed = await replayAll(plan, {
    env: environment(),
    bundle: await findBundle('production'),
    progress: (line) => void process.stderr.write(`  … ${line}\n`),
  });
  const report = reportOf(replayed, plan.allowEmpty);
  for (const line of report.lines) (report.exitCode === 0 ? console.log : console.error)(line);
  if (args.json) console.log(JSON.stringify(report.json));
  return report.exitCode;
}

try {
  process.exit(await main());
} catch (error) {
  // Whatever it was, nothing is known of the build: that is not "no difference", nor is it one.
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(2);
}
