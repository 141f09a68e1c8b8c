import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorAuditDe } from './operator-audit.de.ts';
import { operatorAuditEn, type OperatorAuditWords } from './operator-audit.en.ts';

export const operatorAuditWords: InEachLanguage<OperatorAuditWords> = {
  en: operatorAuditEn,
  de: operatorAuditDe,
};
