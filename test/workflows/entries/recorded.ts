import type { SessionInput } from '../../../workflows/contract/session.ts';
import { rulesByVersion } from '../../../workflows/policy/versions.ts';
import { runSession } from '../../../workflows/session/session-workflow.ts';
import { recorded } from '../../support/workflow-recorder.ts';

// All as they are, but for the two that show a view.
export * from '../../../workflows/index.ts';
export { bookingWorkflow } from './booking-recorded.ts';

export function sessionWorkflow(input: SessionInput) {
  return runSession(input, recorded(rulesByVersion));
}
