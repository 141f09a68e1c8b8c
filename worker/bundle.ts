import { dirname, extname, join } from 'node:path';
import { bundleWorkflowCode, type Logger } from '@temporalio/worker';
import { FAILURE_CONVERTER_PATH } from '../platform/payload-codec/data-converter.ts';
import { BOOKING_WORKFLOW } from '../workflows/contract/booking.ts';
import { ERASURE_WORKFLOW } from '../workflows/contract/erasure.ts';
import { HOUSEKEEPING_WORKFLOW } from '../workflows/contract/housekeeping.ts';
import { SESSION_WORKFLOW } from '../workflows/contract/messages.ts';
import { WEBHOOK_WORKFLOW } from '../workflows/contract/webhook.ts';

/** Every workflow that a worker runs, by its type. */
export const WORKFLOWS = [
  SESSION_WORKFLOW,
  BOOKING_WORKFLOW,
  ERASURE_WORKFLOW,
  WEBHOOK_WORKFLOW,
  HOUSEKEEPING_WORKFLOW,
] as const;

/**
 * Bundles the workflow code of `workflowsPath`, a file that exports nothing but workflows, with the `interceptors` that
 * stand beside it.
 *
 * @throws when one of the workflows is not among what the bundle exports.
 */
export async function bundleSessions(workflowsPath: string, logger?: Logger): Promise<{ code: string }> {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [join(dirname(workflowsPath), `interceptors${extname(workflowsPath)}`)],
    failureConverterPath: FAILURE_CONVERTER_PATH,
    ...(logger ? { logger } : {}),
  });
  // Type checking does not see what the bundler leaves out; a worker without its workflow fails every task.
  for (const name of WORKFLOWS)
    if (!new RegExp(`function ${name}\\(`).test(code))
      throw new Error(`${workflowsPath} does not export ${name}`);
  return { code };
}
