import { Runtime } from '@temporalio/worker';
import { loadLocalConfig } from '../platform/config.ts';
import { environment } from '../platform/environment.ts';
import { createLogger } from '../platform/log.ts';
import { placeSdkMetrics, runtimeOptions } from '../platform/temporal-worker.ts';
import { readArguments } from './arguments.ts';
import { showProgress } from './servers/progress.ts';
import { startStack } from './stack/start-stack.ts';
import { addressTable } from './stack/table.ts';
import { untilSignal } from './stack/until-signal.ts';

const DEFINITION = {
  command: 'npm start',
  summary: `Runs the whole system on this machine, in development: PostgreSQL, Temporal with its UI, the API, a worker, and a
sandbox twin for each vendor that no account is configured for. Its data stays in .latchkey (LATCHKEY_DATA).

Settings are environment variables, or lines of a file .env; .env.example lists them. Every port can be changed,
0 takes any free one. With --json the table of addresses is one JSON object; it holds the sandbox's credentials.`,
};

async function main(): Promise<number> {
  const args = readArguments(DEFINITION);
  if (args.kind !== 'run') {
    (args.kind === 'help' ? console.log : console.error)(args.text);
    return args.kind === 'help' ? 0 : 2;
  }
  const env = environment();
  const local = loadLocalConfig(env);
  const log = createLogger({ ...local.log, name: 'latchkey' });
  // Before anything else of the SDK: the first use of it would install a runtime of its own.
  const sdkMetrics = await placeSdkMetrics();
  Runtime.install(runtimeOptions(log, sdkMetrics.address));

  let stopping = false;
  const asked = untilSignal(() => {
    stopping = true;
    console.log('\nEnding; Ctrl-C again ends at once.');
  });
  const stack = await startStack({
    env,
    log,
    progress: (line) => console.log(`  … ${line}`),
    onDownload: showProgress(process.stdout),
    sdkMetrics: sdkMetrics.read,
  });
  if (!stopping) console.log(args.json ? JSON.stringify(stack.addresses) : addressTable(stack));
  try {
    await Promise.race([asked, stack.ended]);
  } finally {
    await stack.close();
  }
  console.log('Ended.');
  return stopping ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
