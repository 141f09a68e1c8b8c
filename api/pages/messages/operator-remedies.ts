import { type FailureCode, failures } from '../../../platform/failures.ts';
import type { InEachLanguage, Language } from '../../../platform/language.ts';
import { operatorRemediesDe } from './operator-remedies.de.ts';
import { operatorFactsEn, type OperatorFact } from './operator-facts.en.ts';
import { operatorFactsDe } from './operator-facts.de.ts';

/** In English the table of failures itself says what to do. */
const remedies: InEachLanguage<(code: FailureCode) => string> = {
  en: (code) => failures[code].remedy,
  de: (code) => operatorRemediesDe[code],
};

const facts: InEachLanguage<Readonly<Record<OperatorFact, string>>> = {
  en: operatorFactsEn,
  de: operatorFactsDe,
};

/** What an operator does about a failure or a fact; a code that has no words stands for itself. */
export function remedyInWords(language: Language, code: string): string {
  // A few facts share their code with what the API refuses; a session that needs attention means the fact.
  if (Object.hasOwn(facts[language], code)) return facts[language][code as OperatorFact];
  return Object.hasOwn(failures, code) ? remedies[language](code as FailureCode) : code;
}
