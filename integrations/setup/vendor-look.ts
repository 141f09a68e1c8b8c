import { CodedFailure } from '../../platform/failures.ts';
import type { Look } from './check.ts';

export interface VendorSettings {
  /** As its documentation writes it. */
  readonly vendor: string;
  /** The variable that holds its address. */
  readonly address: string;
  /** The variable that holds our credential. */
  readonly credential: string;
}

/**
 * What it means that a vendor's first call failed: a wrong address, a wrong credential, or a vendor that is away have
 * different remedies.
 *
 * @throws what is no failure of a vendor.
 */
export function lookOfFailure(error: unknown, { vendor, address, credential }: VendorSettings): Look {
  if (!(error instanceof CodedFailure)) throw error;
  return { status: 'failed', ...wordsFor(error, vendor, address, credential) };
}

function wordsFor(
  error: CodedFailure,
  vendor: string,
  address: string,
  credential: string,
): { readonly message: string; readonly remedy: string } {
  switch (error.code) {
    case 'vendor-unauthorized':
      return {
        message: `${vendor} refuses the credential in ${credential}`,
        remedy: `Make a new one at ${vendor}, put it into ${credential} and restart.`,
      };
    case 'vendor-forbidden':
      return {
        message: `The credential in ${credential} lacks a permission at ${vendor}`,
        remedy: `Grant it, or put a credential that has it into ${credential} and restart.`,
      };
    case 'vendor-unreachable':
    case 'vendor-timeout':
      return {
        message: `${vendor} does not answer at ${address} (${error.code})`,
        remedy: `Check ${address}, the name server and the network between here and ${vendor}.`,
      };
    case 'vendor-unavailable':
    case 'vendor-rate-limited':
      return {
        message: `${vendor} answers ${error.code}`,
        remedy: `Wait until ${vendor} answers again, then look again.`,
      };
    default:
      return {
        message: `What answers at ${address} does not answer as ${vendor} does (${error.code})`,
        remedy: `Correct ${address}; look whether a proxy or a sign-in page answers in its place.`,
      };
  }
}
