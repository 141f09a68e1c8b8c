import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorListsDe } from './operator-lists.de.ts';
import { operatorListsEn, type OperatorListsWords } from './operator-lists.en.ts';

export const operatorListsWords: InEachLanguage<OperatorListsWords> = {
  en: operatorListsEn,
  de: operatorListsDe,
};
