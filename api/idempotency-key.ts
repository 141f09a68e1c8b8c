import { z } from 'zod';

/** The header `Idempotency-Key`. What a repeat with the same key means is for each operation to say. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters')
  .meta({ description: 'Chosen by the caller, one per intention.' });
