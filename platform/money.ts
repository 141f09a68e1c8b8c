import type { Language } from './language.ts';

const isDecimal = (text: string): text is `${number}` => /^\d{1,15}(?:\.\d{1,6})?$/.test(text);

/**
 * An amount as its records have it, in words of a language: `€49.00`, `49,00 €`. The decimal text is never made a float;
 * what is no amount or no currency stands as it came.
 */
export function amountInWords(amount: string, currency: string, language: Language): string {
  if (!isDecimal(amount)) return `${amount} ${currency}`;
  try {
    return new Intl.NumberFormat(language === 'en' ? 'en-GB' : 'de-DE', {
      style: 'currency',
      currency,
    }).format(amount);
  } catch {
    return `${amount} ${currency}`;
  }
}
