import { performance } from 'node:perf_hooks';

export interface DemoStep {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly detail: string;
}

export interface DemoReport {
  readonly steps: readonly DemoStep[];
  /** Runs one step, shows it live, and rethrows its failure so that the story stops there. */
  step<T>(name: string, run: () => Promise<{ detail: string; value: T }>): Promise<T>;
}

/** Thrown by a step whose observation did not come true. */
export class NotObserved extends Error {
  override readonly name = 'NotObserved';
}

/** Collects the demo's steps; `print` gets one line for each as it ends. */
export function createReport(print: (line: string) => void): DemoReport {
  const steps: DemoStep[] = [];
  const began = performance.now();
  return {
    steps,
    async step(name, run) {
      const started = performance.now();
      const done = (ok: boolean, detail: string) => {
        const now = performance.now();
        steps.push({ name, ok, ms: Math.round(now - started), detail });
        const clock = `${((now - began) / 1000).toFixed(1).padStart(5)} s`;
        print(`${clock}  ${ok ? '✓' : '✗'} ${name.padEnd(28)} ${detail}`);
      };
      try {
        const { detail, value } = await run();
        done(true, detail);
        return value;
      } catch (error) {
        done(false, error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
  };
}
