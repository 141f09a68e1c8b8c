import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorInboxDe } from './operator-inbox.de.ts';
import { operatorInboxEn, type OperatorInboxWords } from './operator-inbox.en.ts';

export const operatorInboxWords: InEachLanguage<OperatorInboxWords> = {
  en: operatorInboxEn,
  de: operatorInboxDe,
};
