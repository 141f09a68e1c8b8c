import type { InEachLanguage } from '../../../platform/language.ts';
import { codeMailDe } from './code-mail.de.ts';
import { codeMailEn, type CodeMailWords } from './code-mail.en.ts';

export const codeMailWords: InEachLanguage<CodeMailWords> = { en: codeMailEn, de: codeMailDe };
