import { remedyOf } from '../../../platform/attention-words.ts';
import type { Language } from '../../../platform/language.ts';
import { operatorFactsDe } from './operator-facts.de.ts';
import { operatorRemediesDe } from './operator-remedies.de.ts';

const german: Readonly<Record<string, string>> = { ...operatorRemediesDe, ...operatorFactsDe };

/** What an operator does about a failure or a fact; a code that has no words stands for itself. */
export function remedyInWords(language: Language, code: string): string {
  const words = language === 'en' ? remedyOf(code) : Object.hasOwn(german, code) ? german[code] : null;
  return words ?? remedyOf(code) ?? code;
}
