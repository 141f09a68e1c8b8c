import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../platform/data-directory.ts';
import { environment } from '../platform/environment.ts';
import { readArguments } from './arguments.ts';
import { type ContractPlan, definition, readPlan } from './contract/options.ts';
import { exitCodeOf, linesOf, readReport } from './contract/report.ts';

/** Runs the suites, and gives Jest's own report. */
async function runSuites({ against, vendors }: ContractPlan): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-contract-'));
  const report = join(folder, 'report.json');
  try {
    const suites = vendors.map((vendor) => `test/integrations/${vendor}-contract\\.test\\.ts$`);
    const jest = spawn(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        'node_modules/jest/bin/jest.js',
        '--json',
        `--outputFile=${report}`,
        // One vendor after the other: what a real one limits is told from what another one delays.
        '--runInBand',
        ...suites,
      ],
      {
        cwd: projectRoot(),
        env: { ...environment(), LATCHKEY_CONTRACT: against },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    await once(jest, 'exit');
    return JSON.parse(readFileSync(report, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  const args = readArguments(definition);
  if (args.kind !== 'run') {
    (args.kind === 'help' ? console.log : console.error)(args.text);
    return args.kind === 'help' ? 0 : 2;
  }
  const plan = readPlan(args.values);
  if (!('vendors' in plan)) {
    console.error(plan.join('\n'));
    return 2;
  }
  const results = readReport(await runSuites(plan));
  const exitCode = exitCodeOf(results);
  for (const line of linesOf(results)) console.log(line);
  if (exitCode === 2) console.log('Nothing was held against: no vendor is named.');
  if (args.json) console.log(JSON.stringify({ ok: exitCode === 0, against: plan.against, results }));
  return exitCode;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(2);
}
