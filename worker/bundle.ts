import { bundleWorkflowCode, type Logger } from '@temporalio/worker';
import { SESSION_WORKFLOW } from '../workflows/contract/messages.ts';

/**
 * Bundles the workflow code of `workflowsPath`, a file that exports nothing but workflows.
 *
 * @throws when `sessionWorkflow` is not among what the bundle exports.
 */
export async function bundleSessions(workflowsPath: string, logger?: Logger): Promise<{ code: string }> {
  const { code } = await bundleWorkflowCode({ workflowsPath, ...(logger ? { logger } : {}) });
  // Type checking does not see what the bundler leaves out; a worker without its workflow fails every task.
  if (!new RegExp(`function ${SESSION_WORKFLOW}\\(`).test(code))
    throw new Error(`${workflowsPath} does not export ${SESSION_WORKFLOW}`);
  return { code };
}
