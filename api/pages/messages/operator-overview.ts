import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorOverviewDe } from './operator-overview.de.ts';
import { operatorOverviewEn, type OperatorOverviewWords } from './operator-overview.en.ts';

export const operatorOverviewWords: InEachLanguage<OperatorOverviewWords> = {
  en: operatorOverviewEn,
  de: operatorOverviewDe,
};
