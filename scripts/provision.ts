import { createInterface } from 'node:readline/promises';
import { type Config, ConfigurationError, loadConfig } from '../platform/config.ts';
import { environment } from '../platform/environment.ts';
import { readArguments } from './arguments.ts';
import { definition, readAreas } from './provision/options.ts';
import { plansOf } from './provision/plans.ts';
import { provision } from './provision/run.ts';
import { openSystems } from './setup/systems.ts';
import { joinRunningStack } from './stack/join.ts';

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

async function main(): Promise<number> {
  const args = readArguments(definition);
  if (args.kind !== 'run') {
    (args.kind === 'help' ? console.log : console.error)(args.text);
    return args.kind === 'help' ? 0 : 2;
  }
  const areas = readAreas(args.values.only);
  if (typeof areas === 'string') {
    console.error(areas);
    return 2;
  }
  const { env, stack } = joinRunningStack(environment());
  let config: Config;
  try {
    config = loadConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    console.error(error.message);
    if (args.json) console.log(JSON.stringify({ ok: false, problems: error.problems }));
    return 2;
  }
  if (stack !== null) process.stderr.write(`  … the stack that runs in ${stack}\n`);
  const systems = openSystems(config, env);
  try {
    const plans = plansOf(systems);
    const { exitCode, json } = await provision({
      plans: areas.flatMap((area) => {
        const plan = plans[area];
        return plan === null ? [] : [[area, plan] as const];
      }),
      check: args.values.check === true,
      yes: args.values.yes === true,
      ask: process.stdin.isTTY ? ask : null,
      print: (line) => console.log(line),
    });
    if (args.json) console.log(JSON.stringify(json));
    return exitCode;
  } finally {
    await systems.close();
  }
}

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(2);
}
