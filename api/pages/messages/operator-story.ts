import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorStoryDe } from './operator-story.de.ts';
import { operatorStoryEn, type OperatorStoryWords } from './operator-story.en.ts';

export const operatorStoryWords: InEachLanguage<OperatorStoryWords> = {
  en: operatorStoryEn,
  de: operatorStoryDe,
};
