import { bundleWorkflowCode, type Logger } from '@temporalio/worker';
import { BOOKING_WORKFLOW } from '../workflows/contract/booking.ts';
import { SESSION_WORKFLOW } from '../workflows/contract/messages.ts';
import { WEBHOOK_WORKFLOW } from '../workflows/contract/webhook.ts';

/**
 * Bundles the workflow code of `workflowsPath`, a file that exports nothing but workflows.
 *
 * @throws when one of the workflows is not among what the bundle exports.
 */
export async function bundleSessions(workflowsPath: string, logger?: Logger): Promise<{ code: string }> {
  const { code } = await bundleWorkflowCode({ workflowsPath, ...(logger ? { logger } : {}) });
  // Type checking does not see what the bundler leaves out; a worker without its workflow fails every task.
  for (const name of [SESSION_WORKFLOW, BOOKING_WORKFLOW, WEBHOOK_WORKFLOW])
    if (!new RegExp(`function ${name}\\(`).test(code))
      throw new Error(`${workflowsPath} does not export ${name}`);
  return { code };
}
