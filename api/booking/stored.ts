import { CodedFailure } from '../../platform/failures.ts';

/** @throws {CodedFailure} `store-unavailable` for whatever went wrong; a failure that has a code keeps it. */
export async function fromStore<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof CodedFailure) throw cause;
    throw new CodedFailure('store-unavailable', 'a booking could not be read or written', { cause });
  }
}
