import { proxySinks, type Sinks } from '@temporalio/workflow';
import type { BenchInput } from './names.ts';

/** How a workflow that calls no activity tells that it has run; it leaves nothing in the history. */
export interface BenchSinks extends Sinks {
  readonly bench: { opened(sessionKey: string): void };
}

const { bench } = proxySinks<BenchSinks>();

/** The floor: what a workflow costs that does nothing. */
export async function noopWorkflow({ sessionKey }: BenchInput): Promise<void> {
  bench.opened(sessionKey);
}
