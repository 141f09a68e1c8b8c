import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleSessions } from '../../worker/bundle.ts';

const BUNDLE = 'LATCHKEY_TEST_BUNDLE';

/** Bundles the workflow code once for all test files; `sessionBundle` reads it from `path`. */
export async function writeSessionBundle(path: string): Promise<void> {
  const workflows = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  const { code } = await bundleSessions(workflows, new DefaultLogger('WARN'));
  writeFileSync(path, code);
  process.env[BUNDLE] = path;
}

function bundlePath(): string {
  const path = process.env[BUNDLE];
  if (path === undefined) throw new Error('the workflow code was not bundled before the tests');
  return path;
}

/** The workflow code as workers run it. */
export async function sessionBundle(): Promise<WorkflowBundleWithSourceMap> {
  // The source map is inside the code.
  return { code: readFileSync(bundlePath(), 'utf8'), sourceMap: '' };
}

/** A bundle that several test files need: the first of them makes it, for the rest of this test run. */
export async function sharedBundle(
  name: string,
  make: () => Promise<{ readonly code: string }>,
): Promise<{ readonly code: string }> {
  const path = join(dirname(bundlePath()), `${name}.js`);
  if (!existsSync(path)) {
    // Written aside: another file must not read half of it.
    const aside = `${path}.${process.pid}`;
    writeFileSync(aside, (await make()).code);
    renameSync(aside, path);
  }
  return { code: readFileSync(path, 'utf8') };
}
