// Deliberately wrong: one activity more than the session that made the history.
import { proxyActivities } from '@temporalio/workflow';
import type { SessionActivities } from '../../../workflows/contract/activities.ts';
import type { SessionInput } from '../../../workflows/contract/session.ts';
import { rulesByVersion } from '../../../workflows/policy/versions.ts';
import { runSession } from '../../../workflows/session/session-workflow.ts';

const { deleteRoute } = proxyActivities<SessionActivities>({ startToCloseTimeout: '1 second' });

export async function sessionWorkflow(input: SessionInput) {
  await deleteRoute({ sessionKey: input.sessionKey });
  return await runSession(input, rulesByVersion);
}
