import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorPrivacyDe } from './operator-privacy.de.ts';
import { operatorPrivacyEn, type OperatorPrivacyWords } from './operator-privacy.en.ts';

export const operatorPrivacyWords: InEachLanguage<OperatorPrivacyWords> = {
  en: operatorPrivacyEn,
  de: operatorPrivacyDe,
};
