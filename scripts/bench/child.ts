import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What one process of the bench can be asked, each by its name. */
export type Tasks = Readonly<Record<string, (input: never) => unknown>>;

interface Question {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}
type Reply =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly problem: string };

/** A process of its own, so that what is measured shares no event loop with who measures. */
export interface BenchChild<T extends Tasks> {
  ask<Name extends keyof T & string>(
    name: Name,
    ...input: Parameters<T[Name]>
  ): Promise<Awaited<ReturnType<T[Name]>>>;
  /** Ends the process. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts one of the bench's processes.
 *
 * @param script beside this file, as it was built: `servers/bare.js`.
 */
export function startBenchChild<T extends Tasks>(
  script: string,
  nodeOptions: readonly string[] = [],
): BenchChild<T> {
  const child: ChildProcess = fork(fileURLToPath(new URL(script, import.meta.url)), [], {
    execArgv: [...nodeOptions],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const waiting = new Map<number, { resolve: (output: unknown) => void; reject: (error: Error) => void }>();
  let asked = 0;
  child.on('message', (message) => {
    const reply = message as Reply;
    const one = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('problem' in reply) one?.reject(new Error(`${script}: ${reply.problem}`));
    else one?.resolve(reply.output);
  });
  const exited = once(child, 'exit').then(() => {
    for (const one of waiting.values()) one.reject(new Error(`${script} ended before it answered`));
    waiting.clear();
  });

  return {
    ask(name, ...[input]) {
      return new Promise((resolve, reject) => {
        const id = ++asked;
        waiting.set(id, { resolve: (output) => resolve(output as never), reject });
        child.send({ id, name, input } satisfies Question, (error) => {
          if (error) reject(error);
        });
      });
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** The other side: carries out what the parent asks, and ends when it is let go or the parent is gone. */
export function answerParent(tasks: Tasks): void {
  process.on('message', (message) => {
    const { id, name, input } = message as Question;
    const reply = (answer: Reply): void => void process.send?.(answer);
    const task = tasks[name];
    Promise.resolve()
      .then(() => {
        if (task === undefined) throw new Error(`no such task: ${name}`);
        return task(input as never);
      })
      .then(
        (output) => reply({ id, output }),
        (error: unknown) => reply({ id, problem: error instanceof Error ? error.message : String(error) }),
      );
  });
  process.on('disconnect', () => process.exit(0));
}

/** Nanoseconds of the machine's monotonic clock, which all its processes share. */
export const machineTime = (): bigint => process.hrtime.bigint();

/** User and system time that this process has used, in microseconds. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
