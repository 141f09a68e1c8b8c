import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorHealthDe } from './operator-health.de.ts';
import { operatorHealthEn, type OperatorHealthWords } from './operator-health.en.ts';

export const operatorHealthWords: InEachLanguage<OperatorHealthWords> = {
  en: operatorHealthEn,
  de: operatorHealthDe,
};
