import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorWebhooksDe } from './operator-webhooks.de.ts';
import { operatorWebhooksEn, type OperatorWebhooksWords } from './operator-webhooks.en.ts';

export const operatorWebhooksWords: InEachLanguage<OperatorWebhooksWords> = {
  en: operatorWebhooksEn,
  de: operatorWebhooksDe,
};
