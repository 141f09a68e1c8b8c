import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { RunState, SessionRuns } from '../activities/housekeeping/dependencies.ts';
import { engineFailure } from '../api/sessions/start.ts';
import { OUTSIDE_EVENTS, type OutsideEventsArgs } from '../workflows/contract/messages.ts';

const DEADLINE_MS = 5000;

/** Of Temporal's statuses, those of a run that is there or returned; any other ended without our closing. */
function stateOf(status: string): RunState {
  if (status === 'RUNNING' || status === 'CONTINUED_AS_NEW') return 'running';
  return status === 'COMPLETED' ? 'over' : 'lost';
}

/** Sessions' runs, asked for and told by the worker itself. */
export function createSessionRuns(client: Client): SessionRuns {
  async function ask<Answer, Missing>(
    call: () => Promise<Answer>,
    missing: Missing,
  ): Promise<Answer | Missing> {
    try {
      return await client.withDeadline(Date.now() + DEADLINE_MS, call);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return missing;
      throw engineFailure(error);
    }
  }

  return {
    stateOf: (workflowId) =>
      ask(
        async () => stateOf((await client.workflow.getHandle(workflowId).describe()).status.name),
        'missing' as const,
      ),
    tell: (workflowId, events) =>
      ask(async () => {
        await client.workflow.getHandle(workflowId).signal<OutsideEventsArgs>(OUTSIDE_EVENTS, [...events]);
        return 'delivered' as const;
      }, 'not-found' as const),
  };
}
