import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorFrameDe } from './operator-frame.de.ts';
import { operatorFrameEn, type OperatorFrameWords } from './operator-frame.en.ts';

export const operatorFrameWords: InEachLanguage<OperatorFrameWords> = {
  en: operatorFrameEn,
  de: operatorFrameDe,
};
