// The same activity more as `wrong-workflow`, added as a change of the shell must be.
import { patched, proxyActivities } from '@temporalio/workflow';
import type { SessionActivities } from '../../../workflows/contract/activities.ts';
import type { SessionInput } from '../../../workflows/contract/session.ts';
import { rulesByVersion } from '../../../workflows/policy/versions.ts';
import { runSession } from '../../../workflows/session/session-workflow.ts';
import { recorded } from '../../support/workflow-recorder.ts';

const { deleteRoute } = proxyActivities<SessionActivities>({ startToCloseTimeout: '1 second' });

export async function sessionWorkflow(input: SessionInput) {
  const more = patched('one-activity-more') ? deleteRoute({ sessionKey: input.sessionKey }) : undefined;
  // Not awaited first: until the session stands, no handler is registered.
  const outcome = await runSession(input, recorded(rulesByVersion));
  await more;
  return outcome;
}
