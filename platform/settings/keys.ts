import { z } from 'zod';
import { origins, port, ring } from '../config-values.ts';
import { settingWords } from './words.ts';

export const keySettings = (weak: boolean) => ({
  LINK_SIGNING_KEYS: ring('the keys of links, as id:base64,… with the newest first', { weak }).register(
    settingWords,
    {
      meaning:
        "Sign mailed links; certificates of erasure and the secrets of tenants' webhooks come from keys derived of them.",
      readBy: 'API and worker',
      secret: true,
    },
  ),
  COOKIE_KEYS: ring('the keys of cookies, as id:base64,… with the newest first', { weak }).register(
    settingWords,
    { meaning: 'Sign and seal cookies.', readBy: 'API', secret: true },
  ),
  PAYLOAD_KEYS: ring("the keys of Temporal's payloads, as id:base64,… with the newest first", {
    weak,
  }).register(settingWords, {
    meaning: "Encrypt the payloads in Temporal's histories.",
    readBy: 'API and worker',
    secret: true,
  }),
  CREDENTIAL_KEYS: ring("the keys of shops' tokens in the database, as id:base64,… with the newest first", {
    weak,
  }).register(settingWords, {
    meaning: 'Encrypt the tokens that shops gave us, in the database.',
    readBy: 'API and worker',
    secret: true,
  }),
});

export const codecPort = () => ({
  CODEC_PORT: port(3002).register(settingWords, {
    meaning: 'The codec, which shows Temporal UI the payloads in clear to who may see them.',
    readBy: 'API',
  }),
});

export const codecSettings = () => ({
  ...codecPort(),
  CODEC_HOST: z
    .string()
    .default('127.0.0.1')
    .register(settingWords, { meaning: 'The address that it listens at.', readBy: 'API' }),
  CODEC_ALLOWED_ORIGIN: origins()
    .refine((values) => values.length <= 1, 'names more than one origin')
    .register(settingWords, {
      meaning: 'The one origin whose pages may ask it.',
      readBy: 'API',
      otherwise: 'that of `TEMPORAL_UI_URL`',
    }),
});
