import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../platform/data-directory.ts';

/**
 * A file's text as the format check wants it.
 *
 * @param path decides which language it is.
 * @throws when it cannot be read as that language.
 */
export function formatted(path: string, text: string): string {
  const root = projectRoot();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'format', `--stdin-file-path=${path}`],
    { cwd: root, input: text, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`${path} could not be formatted: ${stderr}`);
  return stdout;
}
