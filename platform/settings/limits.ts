import { wholeNumber } from '../config-values.ts';
import type { SettingReader } from './words.ts';
import { settingWords } from './words.ts';

const limit = (fallback: number, meaning: string, unit = 'requests per minute') =>
  wholeNumber(fallback, 1, 1_000_000).register(settingWords, { meaning, readBy: 'API', unit });

export const limitSettings = () => ({
  RATE_LIMIT_LINKS_PER_TENANT: limit(600, "A tenant's requests for links."),
  RATE_LIMIT_LINKS_PER_USER: limit(120, 'Those of one of its users.'),
  RATE_LIMIT_LINKS_PER_ADDRESS: limit(300, 'Those from one address.'),
  RATE_LIMIT_BOOKINGS_PER_ADDRESS: limit(60, 'Bookings with links, from one address.'),
  RATE_LIMIT_LOGINS_PER_ADDRESS: limit(30, 'Logging in, from one address.'),
  RATE_LIMIT_LOGINS_PER_EMAIL: limit(5, 'Codes for one e-mail address.', 'codes per 15 minutes'),
  RATE_LIMIT_BOOKING_REQUESTS_PER_ADDRESS: limit(20, "Visitors' booking requests, from one address."),
  RATE_LIMIT_BOOKING_REQUESTS_PER_EMAIL: limit(5, 'Those for one e-mail address.', 'requests per hour'),
  RATE_LIMIT_BOOKING_READS_PER_ADDRESS: limit(300, 'Questions about a booking, from one address.'),
  RATE_LIMIT_REGISTRATIONS_PER_ADDRESS: limit(10, 'Shops that try to install the app, from one address.'),
});

const rate = (fallback: number, meaning: string) =>
  wholeNumber(fallback, 0, 1_000_000).register(settingWords, {
    meaning,
    readBy: 'API and worker' satisfies SettingReader,
    unit: 'calls per minute',
  });

export const vendorRateSettings = () => ({
  VENDOR_RATE_SALEOR: rate(0, 'To each shop. 0: as many as are needed.'),
  VENDOR_RATE_ZAMMAD: rate(0, 'To Zammad. 0: as many as are needed.'),
  VENDOR_RATE_APISIX: rate(0, 'To the Admin API. 0: as many as are needed.'),
  VENDOR_RATE_CALENDLY: rate(500, 'To Calendly, which allows 500 on paid plans and 50 on free ones.'),
  VENDOR_RATE_CALCOM: rate(120, 'To Cal.com, which allows 120 per API key.'),
});
