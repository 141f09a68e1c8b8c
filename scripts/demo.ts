import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Runtime } from '@temporalio/worker';
import { loadLocalConfig } from '../platform/config.ts';
import { environment } from '../platform/environment.ts';
import type { KeyRing } from '../platform/keys.ts';
import { createLogger } from '../platform/log.ts';
import { connectClient, temporalSettings } from '../platform/temporal.ts';
import { runtimeOptions } from '../platform/temporal-worker.ts';
import { readArguments } from './arguments.ts';
import { tellCalcomStory } from './demo/calcom.ts';
import { arrangeMeeting } from './demo/meeting.ts';
import { createReport } from './demo/report.ts';
import { demoPace, type StoryResult, tellStory } from './demo/story.ts';
import { createVendors } from './demo/vendors.ts';
import { createVisitor } from './demo/visitor.ts';
import { payloadKeys } from './replay/payload-keys.ts';
import { showProgress } from './servers/progress.ts';
import { readAddresses, type StackAddresses } from './stack/addresses.ts';
import { apartFromOthers } from './stack/apart.ts';
import { startStack } from './stack/start-stack.ts';
import { untilSignal } from './stack/until-signal.ts';

const DEFINITION = {
  command: 'npm run demo',
  summary: `Shows the main job, step by step: a client pays for a session in the shop's sandbox, and one workflow takes it from
the ticket to its end; then a visitor asks for a meeting and books it. Exits 0 only when every step was really observed. With --json the last line is
{ok, steps, workflowId, runUrl}.`,
  options: {
    running: { type: 'boolean', help: 'Use the stack of `npm start` instead of one of its own.' },
    keep: { type: 'boolean', help: 'Leave the stack up afterwards, to look at the run in Temporal UI.' },
  },
} as const;

interface Ready {
  readonly stack: StackAddresses;
  readonly payloadKeys: KeyRing;
  close(): Promise<void>;
}

async function ownStack(print: (line: string) => void): Promise<Ready> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-demo-'));
  const env = apartFromOthers(environment(), folder);
  const log = createLogger({
    level: loadLocalConfig({ LOG_LEVEL: 'warn', ...env }).log.level,
    pretty: false,
    name: 'demo',
    destination: process.stderr,
  });
  Runtime.install(runtimeOptions(log));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const stack = await startStack({ env, log, progress: print, onDownload: showProgress(process.stderr) });
    return {
      stack: stack.addresses,
      payloadKeys: stack.config.keys.payload,
      async close() {
        await stack.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function runningStack(): Ready {
  const local = loadLocalConfig(environment());
  const { dataDirectory } = local;
  const stack = readAddresses(dataDirectory);
  if (!stack) throw new Error(`No stack runs in ${dataDirectory}. Start one with: npm start`);
  const real = ['saleor', 'zammad', 'apisix', 'calendly', 'calcom'].filter(
    (vendor) => !stack.sandboxed.includes(vendor),
  );
  if (real.length > 0)
    throw new Error(`The demo pays and books, and the running stack has real accounts: ${real.join(', ')}.`);
  return { stack, payloadKeys: payloadKeys(environment(), local), close: async () => {} };
}

async function main(): Promise<number> {
  const args = readArguments<'running' | 'keep'>(DEFINITION);
  if (args.kind !== 'run') {
    (args.kind === 'help' ? console.log : console.error)(args.text);
    return args.kind === 'help' ? 0 : 2;
  }
  const { values, json } = args;
  const asked = untilSignal(() => console.log('\nEnding; Ctrl-C again ends at once.'));
  const print = (line: string) => console.log(line);
  print(values.running ? 'Using the stack that runs.' : 'Starting a stack of its own …');
  const ready = values.running ? runningStack() : await ownStack((line) => print(`  … ${line}`));
  const temporal = connectClient(
    temporalSettings({
      TEMPORAL_ADDRESS: ready.stack.temporal.address,
      TEMPORAL_NAMESPACE: ready.stack.temporal.namespace,
    }),
    ready.payloadKeys,
  );
  const report = createReport(print);
  let result: StoryResult = { workflowId: '', runUrl: null };
  let ok = false;
  try {
    print('');
    const vendors = createVendors(ready.stack);
    const told = tellStory(
      {
        stack: ready.stack,
        client: temporal.client,
        vendors,
        visitor: createVisitor(),
        report,
        pace: demoPace,
      },
      (found) => {
        result = found;
      },
    )
      .then(() => tellCalcomStory({ stack: ready.stack, client: temporal.client, report }))
      .then(() => arrangeMeeting({ stack: ready.stack, vendors, report }))
      .then(
        () => 'told' as const,
        () => 'broken' as const,
      );
    ok = (await Promise.race([told, asked])) === 'told';
    const observed = report.steps.filter((step) => step.ok).length;
    print(
      `\n${ok ? 'Every step was observed' : 'NOT every step was observed'}: ${observed} of ${report.steps.length}.`,
    );
    if (result.runUrl) print(`The run in Temporal UI: ${result.runUrl}`);
    if (values.keep) {
      print('The stack stays up; Ctrl-C ends it.');
      await asked;
    }
  } finally {
    await temporal.close();
    await ready.close();
  }
  if (json) console.log(JSON.stringify({ ok, steps: report.steps, ...result }));
  return ok ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
