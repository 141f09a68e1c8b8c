import type { InEachLanguage } from '../../../platform/language.ts';
import { operatorSessionsDe } from './operator-sessions.de.ts';
import { operatorSessionsEn, type OperatorSessionsWords } from './operator-sessions.en.ts';

export const operatorSessionsWords: InEachLanguage<OperatorSessionsWords> = {
  en: operatorSessionsEn,
  de: operatorSessionsDe,
};
