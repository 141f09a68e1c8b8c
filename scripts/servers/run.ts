import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Ended with all its children when nothing new came for this long, in milliseconds. */
  readonly stallMs: number;
  /** Grows while the command gets on; asked four times a second. */
  readonly progress: () => number;
}

export type RunResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim().slice(0, 300) ?? '';
}

/** Runs a command that may hang, as a download in a closed network does. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let errors = '';
    let seen = -1;
    let since = performance.now();
    let stalled = false;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000);
    });
    const killGroup = () => {
      if (child.pid === undefined || child.exitCode !== null) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    };
    const watch = setInterval(() => {
      const now = options.progress();
      if (now !== seen) {
        seen = now;
        since = performance.now();
      } else if (performance.now() - since > options.stallMs) {
        stalled = true;
        killGroup();
      }
    }, 250);
    process.once('exit', killGroup);
    const finish = (result: RunResult) => {
      clearInterval(watch);
      process.removeListener('exit', killGroup);
      resolve(result);
    };
    child.once('error', (error) => finish({ ok: false, reason: error.message }));
    child.once('close', (code) => {
      if (code === 0) finish({ ok: true });
      else if (stalled) finish({ ok: false, reason: `nothing came for ${options.stallMs / 1000} s` });
      else finish({ ok: false, reason: lastLine(errors) || `ended with ${code}` });
    });
  });
}
