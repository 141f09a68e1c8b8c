import { CancellationScope, isCancellation } from '@temporalio/workflow';

/** "Cancel" in Temporal UI is a decision of the operator's, not the end of the run. */
export async function hearCancellation(heard: () => void): Promise<void> {
  try {
    await CancellationScope.current().cancelRequested;
  } catch (error) {
    if (!isCancellation(error)) throw error;
    heard();
  }
}
