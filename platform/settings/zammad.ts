import { z } from 'zod';
import { httpUrl, secret, text } from '../config-values.ts';
import { settingWords } from './words.ts';

export const zammadSettings = (weak: boolean) => ({
  ZAMMAD_URL: httpUrl('where Zammad is, without /api/v1').register(settingWords, {
    meaning: 'Where Zammad is, without `/api/v1`.',
    readBy: 'API and worker',
  }),
  ZAMMAD_TOKEN: text('an API token with ticket.agent').register(settingWords, {
    meaning: 'An API token with `ticket.agent` and the rights create, change and read on the group.',
    readBy: 'API and worker',
    secret: true,
  }),
  ZAMMAD_GROUP: text('the group that gets the tickets').default('Users').register(settingWords, {
    meaning: 'The group that gets the tickets.',
    readBy: 'API and worker',
  }),
  ZAMMAD_SYSTEM_ID: z
    .string()
    .default('53')
    .refine((value) => /^\d{1,6}$/.test(value), "is not Zammad's numeric system id")
    .register(settingWords, {
      meaning: "The first digits of ticket numbers: Zammad's setting `system_id`.",
      readBy: 'worker',
    }),
  ZAMMAD_WEBHOOK_SECRET: secret("the signature token of Zammad's webhook", { weak }).register(settingWords, {
    meaning: "The signature token of the webhook that agents' actions come by.",
    readBy: 'API',
    secret: true,
  }),
});
