import type { InEachLanguage } from '../../../platform/language.ts';
import { sessionDe } from './session.de.ts';
import { sessionEn, type SessionWords } from './session.en.ts';

export type { SessionWords } from './session.en.ts';

export const sessionWords: InEachLanguage<SessionWords> = { en: sessionEn, de: sessionDe };
