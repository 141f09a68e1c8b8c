import type { InEachLanguage } from '../../../platform/language.ts';
import { codecDe } from './codec.de.ts';
import { codecEn, type CodecWords } from './codec.en.ts';

export const codecWords: InEachLanguage<CodecWords> = { en: codecEn, de: codecDe };
