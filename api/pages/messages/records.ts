import type { InEachLanguage } from '../../../platform/language.ts';
import { recordsDe } from './records.de.ts';
import { recordsEn, type RecordWords } from './records.en.ts';

export type { HistoryEntry, RecordWords } from './records.en.ts';

export const recordWords: InEachLanguage<RecordWords> = { en: recordsEn, de: recordsDe };
