import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorBookingsDe } from './operator-bookings.de.ts';
import { operatorBookingsEn, type OperatorBookingsWords } from './operator-bookings.en.ts';

export const operatorBookingsWords: InEachLanguage<OperatorBookingsWords> = {
  en: operatorBookingsEn,
  de: operatorBookingsDe,
};
