import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode } from '../../platform/error-code.ts';

const secretsSchema = z.strictObject({
  linkKey: z.string(),
  cookieKey: z.string(),
  authKey: z.string(),
  gatewaySecret: z.string(),
  upstreamSecret: z.string(),
  saleorAppToken: z.string(),
  zammadToken: z.string(),
  apisixAdminKey: z.string(),
  calendlyToken: z.string(),
  calendlyWebhookSecret: z.string(),
  payloadKey: z.string(),
  credentialKey: z.string(),
  zammadWebhookSecret: z.string(),
  calcomApiKey: z.string(),
  calcomWebhookSecret: z.string(),
});

/** Secrets of a development stack: random per data directory, so that links survive a restart. */
export type DevelopmentSecrets = z.output<typeof secretsSchema>;

const secret = () => randomBytes(32).toString('base64url');

function freshSecrets(): DevelopmentSecrets {
  return {
    linkKey: randomBytes(32).toString('base64'),
    cookieKey: randomBytes(32).toString('base64'),
    authKey: randomBytes(32).toString('base64'),
    gatewaySecret: secret(),
    upstreamSecret: secret(),
    saleorAppToken: secret(),
    zammadToken: secret(),
    apisixAdminKey: secret(),
    calendlyToken: secret(),
    calendlyWebhookSecret: secret(),
    payloadKey: randomBytes(32).toString('base64'),
    credentialKey: randomBytes(32).toString('base64'),
    zammadWebhookSecret: secret(),
    calcomApiKey: `cal_${secret()}`,
    calcomWebhookSecret: secret(),
  };
}

/**
 * Reads the data directory's secrets. What is missing, all of it on the first start, is made and kept. The file is
 * readable by this user only.
 */
export function developmentSecrets(dataDirectory: string): DevelopmentSecrets {
  const file = join(dataDirectory, 'secrets.json');
  let kept: Partial<DevelopmentSecrets> = {};
  try {
    kept = secretsSchema
      .partial()
      .parse(JSON.parse(readFileSync(file, 'utf8'))) as Partial<DevelopmentSecrets>;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  const secrets = { ...freshSecrets(), ...kept };
  if (Object.keys(kept).length < Object.keys(secrets).length)
    writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}
