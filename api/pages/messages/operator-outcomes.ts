import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorOutcomesDe } from './operator-outcomes.de.ts';
import { operatorOutcomesEn, type OperatorOutcomeWords } from './operator-outcomes.en.ts';

export const operatorOutcomeWords: InEachLanguage<OperatorOutcomeWords> = {
  en: operatorOutcomesEn,
  de: operatorOutcomesDe,
};
