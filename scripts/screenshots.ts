import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Runtime } from '@temporalio/worker';
import { environment } from '../platform/environment.ts';
import { createLogger } from '../platform/log.ts';
import { runtimeOptions } from '../platform/temporal-worker.ts';
import { readArguments } from './arguments.ts';
import { chromiumPath, launchChromium, NO_CHROMIUM } from './screenshots/chromium.ts';
import { takePictures } from './screenshots/story.ts';
import { showProgress } from './servers/progress.ts';
import { apartFromOthers } from './stack/apart.ts';
import { startStack } from './stack/start-stack.ts';

const DEFINITION = {
  command: 'npm run screenshots',
  summary: `Takes the pictures of the documentation on a stack of its own, in a real Chromium: CHROMIUM, or the one that the
system has installed. With --json the last line is {ok, folder}.`,
  options: { folder: { type: 'string', help: 'Where they go. Default docs/images.' } },
} as const;

async function main(): Promise<number> {
  const args = readArguments<'folder'>(DEFINITION);
  if (args.kind !== 'run') {
    (args.kind === 'help' ? console.log : console.error)(args.text);
    return args.kind === 'help' ? 0 : 2;
  }
  if (chromiumPath === undefined) {
    console.error(NO_CHROMIUM);
    return 1;
  }
  const wanted = args.values.folder;
  const folder = resolve(typeof wanted === 'string' ? wanted : 'docs/images');
  mkdirSync(folder, { recursive: true });
  const data = mkdtempSync(join(tmpdir(), 'latchkey-pictures-'));
  const log = createLogger({ level: 'warn', pretty: false, name: 'pictures', destination: process.stderr });
  const print = (line: string): void => console.log(line);
  Runtime.install(runtimeOptions(log));
  try {
    const stack = await startStack({
      env: apartFromOthers(environment(), data),
      log,
      progress: (line) => print(`  … ${line}`),
      onDownload: showProgress(process.stderr),
    });
    const browser = await launchChromium();
    try {
      await takePictures({ stack, browser, folder, print });
    } finally {
      await browser.close();
      await stack.close();
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
  if (args.json) print(JSON.stringify({ ok: true, folder }));
  return 0;
}

process.exit(await main());
