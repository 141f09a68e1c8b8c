import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorCatalogDe } from './operator-catalog.de.ts';
import { operatorCatalogEn, type OperatorCatalogWords } from './operator-catalog.en.ts';

export const operatorCatalogWords: InEachLanguage<OperatorCatalogWords> = {
  en: operatorCatalogEn,
  de: operatorCatalogDe,
};
