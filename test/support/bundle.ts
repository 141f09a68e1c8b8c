import { readFileSync, writeFileSync } from 'node:fs';
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

/** The workflow code as workers run it. */
export async function sessionBundle(): Promise<WorkflowBundleWithSourceMap> {
  const path = process.env[BUNDLE];
  if (path === undefined) throw new Error('the workflow code was not bundled before the tests');
  // The source map is inside the code.
  return { code: readFileSync(path, 'utf8'), sourceMap: '' };
}
