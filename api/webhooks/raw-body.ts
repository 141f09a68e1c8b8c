import { z } from 'zod';

/** Far above any order or appointment; what is larger is not a webhook of ours. */
export const WEBHOOK_BODY_LIMIT = '1mb';

/**
 * The body as it came, whatever its content type says: a signature covers bytes, and JSON that was parsed and written
 * again is no longer what was signed. No bytes for a request without a body.
 */
export const rawBodySchema = z
  .unknown()
  .transform((body): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0)));

/** The answer to a webhook that is kept. */
export const keptSchema = z
  .object({
    status: z
      .enum(['stored', 'duplicate'])
      .meta({ description: '`duplicate`: the same message came before.' }),
  })
  .meta({ id: 'KeptWebhook' });
