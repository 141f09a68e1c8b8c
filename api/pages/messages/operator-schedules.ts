import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorSchedulesDe } from './operator-schedules.de.ts';
import { operatorSchedulesEn, type OperatorSchedulesWords } from './operator-schedules.en.ts';

export const operatorSchedulesWords: InEachLanguage<OperatorSchedulesWords> = {
  en: operatorSchedulesEn,
  de: operatorSchedulesDe,
};
