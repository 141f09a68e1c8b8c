import type { InEachLanguage } from '../../../platform/language.ts';
import { frameDe } from './frame.de.ts';
import { frameEn, type FrameWords } from './frame.en.ts';

export const frameWords: InEachLanguage<FrameWords> = { en: frameEn, de: frameDe };
