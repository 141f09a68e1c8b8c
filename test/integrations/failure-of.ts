import type { FailureCode } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';

/** The failure that a call to a vendor ends with. @throws when it ends in any other way. */
export async function failureOf(run: Promise<unknown>): Promise<VendorFailure> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof VendorFailure)) throw new Error('expected a VendorFailure', { cause: error });
  return error;
}

/** The code of the failure that some work ends with, or undefined when it succeeds. */
export async function codeOf(work: Promise<unknown>): Promise<FailureCode | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return (error as { code?: FailureCode }).code;
  }
}
