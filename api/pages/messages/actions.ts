import type { InEachLanguage } from '../../../platform/language.ts';
import { actionsDe } from './actions.de.ts';
import { actionsEn, type ActionWords } from './actions.en.ts';

export type { ActionWords } from './actions.en.ts';

export const actionWords: InEachLanguage<ActionWords> = { en: actionsEn, de: actionsDe };
