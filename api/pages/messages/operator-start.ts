import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorStartDe } from './operator-start.de.ts';
import { operatorStartEn, type OperatorStartWords } from './operator-start.en.ts';

export const operatorStartWords: InEachLanguage<OperatorStartWords> = {
  en: operatorStartEn,
  de: operatorStartDe,
};
