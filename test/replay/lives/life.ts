import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Recording } from '../../support/replay.ts';

export interface Stage {
  /** A server that skips time. */
  readonly env: TestWorkflowEnvironment;
  readonly bundle: WorkflowBundleWithSourceMap;
}

/** Leads one execution through a life, on a server, and tells what it did. */
export type Life = (stage: Stage) => Promise<Recording>;
