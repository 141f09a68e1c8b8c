import type { InEachLanguage } from '../../../platform/language.ts';
import { noticesDe } from './notices.de.ts';
import { noticesEn, type NoticesWords } from './notices.en.ts';

export const noticesWords: InEachLanguage<NoticesWords> = { en: noticesEn, de: noticesDe };
