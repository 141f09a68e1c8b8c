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
