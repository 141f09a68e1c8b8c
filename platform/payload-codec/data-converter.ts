import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { KeyRing } from '../keys.ts';
import { createPayloadCipher } from './cipher.ts';

/** The module that turns errors into failures. A workflow bundle must be made with it. */
export const FAILURE_CONVERTER_PATH = fileURLToPath(new URL('./failure-converter.cjs', import.meta.url));

/**
 * How values become payloads, for every client, worker and replay: encrypted, and failures with them. Headers,
 * search attributes, ids, and the names of workflows, activities and messages stay in clear.
 *
 * The codec does no I/O: while it waited, every task and query would fail. A payload whose key is missing fails its
 * task, which Temporal repeats until the key is back.
 */
export function createDataConverter(
  ring: KeyRing,
): Readonly<Required<Pick<DataConverter, 'failureConverterPath' | 'payloadCodecs'>>> {
  const cipher = createPayloadCipher(ring);
  return {
    failureConverterPath: FAILURE_CONVERTER_PATH,
    payloadCodecs: [
      {
        encode: async (payloads) => payloads.map((payload) => cipher.seal(payload)),
        decode: async (payloads) => payloads.map((payload) => cipher.open(payload)),
      },
    ],
  };
}
