import type { InEachLanguage } from '../../../platform/language.ts';
import { bookingDe } from './booking.de.ts';
import { bookingEn, type BookingWords } from './booking.en.ts';

export const bookingWords: InEachLanguage<BookingWords> = { en: bookingEn, de: bookingDe };
