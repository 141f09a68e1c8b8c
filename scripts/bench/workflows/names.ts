import type { SessionKey } from '../../../workflows/contract/values.ts';

export const NOOP_WORKFLOW = 'noopWorkflow';
export const SHAPE_WORKFLOW = 'shapeWorkflow';

/** The input of both. */
export interface BenchInput {
  readonly sessionKey: SessionKey;
}
