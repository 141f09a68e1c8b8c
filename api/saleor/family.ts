import { z } from 'zod';
import { type FailureCode, failures } from '../../platform/failures.ts';
import { createFamily, type Family } from '../operations/family.ts';

/** As Saleor's own app SDK names them. */
const SDK_CODES: Readonly<Partial<Record<FailureCode, string>>> = {
  'shop-not-allowed': 'SALEOR_URL_PROHIBITED',
  'app-not-verified': 'UNKNOWN_APP_ID',
  'shop-keys-missing': 'JWKS_NOT_AVAILABLE',
};

const sdkCodeOf = (code: FailureCode): string => SDK_CODES[code] ?? code.toUpperCase().replaceAll('-', '_');

/** Refusals of an installation: the shop shows the message to whoever installs the app. */
export const saleorApp: Family = createFamily({
  contentType: 'application/json',
  refusal: z
    .object({
      success: z.literal(false),
      error: z.object({
        code: z.string().meta({ description: 'Stable; those of Saleor’s app SDK where it has one.' }),
        message: z.string(),
      }),
    })
    .meta({ id: 'SaleorAppRefusal' }),
  codeAt: [],
  bodyOf: (code, _requestId, more = {}) => ({
    success: false,
    error: { code: sdkCodeOf(code), message: more.detail ?? failures[code].remedy },
  }),
});
