import type { InEachLanguage } from '../../platform/language.ts';
import { noticesDe } from './notices.de.ts';
import { noticesEn, type NoticeWords } from './notices.en.ts';

export const noticeWords: InEachLanguage<NoticeWords> = { en: noticesEn, de: noticesDe };
