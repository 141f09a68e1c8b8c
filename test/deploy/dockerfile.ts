import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { textOf } from './compose-file.ts';

export interface Instruction {
  readonly keyword: string;
  /** Continued lines are one. */
  readonly text: string;
}

export interface Stage {
  readonly name: string;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of the Dockerfile, with the variables of `ARG` filled in. */
export function stagesOf(dockerfile: string): readonly Stage[] {
  const lines = dockerfile
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n');
  const given: Record<string, string> = {};
  const stages: { name: string; image: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, keyword = '', text = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    const [name = '', value = ''] = text.split('=');
    if (keyword === 'ARG') given[name] = value;
    else if (keyword === 'FROM') {
      const [image = '', , stage = ''] = text.split(/\s+/);
      stages.push({
        name: stage,
        image: image.replace(/^\$\{(\w+)\}$/, (_, variable: string) => given[variable] ?? ''),
        instructions: [],
      });
    } else stages.at(-1)?.instructions.push({ keyword, text });
  }
  return stages;
}

/** What .dockerignore lets into the build: the entries of the top level, which it names one by one. */
export function contextOf(): ReadonlySet<string> {
  const lines = textOf('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines[0] !== '*') throw new Error('.dockerignore does not begin with nothing');
  return new Set(lines.slice(1).map((line) => line.replace(/^!/, '')));
}

export interface Copy {
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

export function copyOf(text: string): Copy {
  const words = text.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
}

/**
 * Runs a Dockerfile's COPY and RUN steps outside of a container: each stage is a directory, and every step runs in its
 * working directory there. For steps that name nothing outside of it.
 *
 * @param context the directory that is sent to the build.
 * @returns the directory of the last stage's working directory, and its environment.
 */
export function buildOutside(
  stages: readonly Stage[],
  context: string,
  into: string,
): { readonly directory: string; readonly env: Readonly<Record<string, string>> } {
  const allowed = contextOf();
  let directory = '';
  let env: Record<string, string> = {};
  for (const { name, instructions } of stages) {
    const root = join(into, name);
    directory = root;
    env = {};
    for (const { keyword, text } of instructions) {
      switch (keyword) {
        case 'WORKDIR':
          directory = join(root, text);
          mkdirSync(directory, { recursive: true });
          break;
        case 'ENV': {
          const [variable = '', value = ''] = text.split('=');
          env[variable] = value;
          break;
        }
        case 'COPY': {
          const { from, sources, target } = copyOf(text);
          for (const source of sources) {
            if (from === undefined && !allowed.has(source.replace(/^\.\//, '')))
              throw new Error(`${source} is not in the context`);
            const origin = from === undefined ? join(context, source) : join(into, from, source);
            // A directory's content goes into the target, a file under its own name into a target that ends with `/`.
            const end = join(directory, target, statSync(origin).isDirectory() ? '' : basename(source));
            // What another stage made is not written any more, and node_modules are many files.
            if (from !== undefined) spawnSync('cp', ['-al', origin, end]);
            else cpSync(origin, end, { recursive: true, verbatimSymlinks: true });
          }
          break;
        }
        case 'RUN': {
          const { status, stderr } = spawnSync('sh', ['-c', text], {
            cwd: directory,
            env: { PATH: process.env['PATH'], HOME: into, ...env },
            encoding: 'utf8',
          });
          if (status !== 0) throw new Error(`${name}: ${text}: ${status}\n${stderr}`);
          break;
        }
        default:
      }
    }
  }
  return { directory, env };
}

/** The size of everything below a directory, in bytes. */
export function sizeOf(directory: string): number {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
