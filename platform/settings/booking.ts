import { z } from 'zod';
import { addresses, amounts, origins, wholeNumber } from '../config-values.ts';
import { settingWords } from './words.ts';

export const schedulingProvider = () =>
  z
    .enum(['calendly', 'calcom'], { error: 'must be calendly or calcom' })
    .optional()
    .register(settingWords, {
      meaning:
        "Who appointments are made with where nobody says: visitors' bookings, and products without " +
        '`session.provider`.',
      readBy: 'API',
      otherwise: 'Calendly where it is configured, else Cal.com',
    });

export const bookingSettings = () => ({
  SCHEDULING_PROVIDER: schedulingProvider(),
  BOOKING_LINK_WAIT_MS: wholeNumber(3000, 100, 30_000).register(settingWords, {
    meaning: 'So long a visitor waits for a link of their own before they get the default link.',
    readBy: 'API',
    unit: 'ms',
  }),
  PUBLIC_FORM_ORIGINS: origins().register(settingWords, {
    meaning: 'Other origins whose pages may call the public booking API from a browser.',
    readBy: 'API',
  }),
});

export const tenantSettings = () => ({
  DEFAULT_TENANT_ID: wholeNumber(1, 1, 999_999_999).register(settingWords, {
    meaning: "The tenant of visitors' bookings, and of the only shop. Its operators see the inbox.",
    readBy: 'API and worker',
  }),
  WEBHOOKS_ALLOW_NETWORKS: addresses().register(settingWords, {
    meaning:
      "Networks of our own that tenants' webhooks may go to all the same; other addresses inside are refused.",
    readBy: 'API and worker',
  }),
});

export const moneySettings = () => ({
  REFUND_APPROVAL_ABOVE: amounts().register(settingWords, {
    meaning:
      "A refund above its currency's amount waits for an operator, `EUR:200,USD:250`; so does then any other " +
      'currency.',
    readBy: 'worker',
    otherwise: 'none waits',
  }),
});

export const recordSettings = () => ({
  INBOX_BODY_DAYS: wholeNumber(30, 1, 3650).register(settingWords, {
    meaning: "A settled webhook's body is emptied after so long; one in quarantine after twice that.",
    readBy: 'worker',
    unit: 'days',
  }),
  RECORD_DAYS: wholeNumber(730, 30, 36_500).register(settingWords, {
    meaning: 'The audit, and what else is known of settled webhooks, is deleted after so long.',
    readBy: 'worker',
    unit: 'days',
  }),
  RECONCILE_ORDER_DAYS: wholeNumber(7, 1, 90).register(settingWords, {
    meaning: 'Each hour so many days of paid orders are compared with the sessions.',
    readBy: 'worker',
    unit: 'days',
  }),
});
