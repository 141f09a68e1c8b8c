import type { InEachLanguage } from '../../../platform/language.ts';
import { loginDe } from './login.de.ts';
import { loginEn, type LoginWords } from './login.en.ts';

export const loginWords: InEachLanguage<LoginWords> = { en: loginEn, de: loginDe };
