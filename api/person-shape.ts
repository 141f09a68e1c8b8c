import { z } from 'zod';

/** RFC 5321, section 4.5.3.1.3, without the angle brackets. */
const LONGEST_ADDRESS = 254;
const LONGEST_LANGUAGE = 35;
const EMAIL_MESSAGE = 'must be an e-mail address';
const LANGUAGE_MESSAGE = 'must be a language tag of BCP 47, such as en or pt-BR';

/** Section 4.5.3.1.1: what stands before the `@` has at most 64 characters. */
export const emailSchema = z
  .email(EMAIL_MESSAGE)
  .max(LONGEST_ADDRESS, EMAIL_MESSAGE)
  .regex(/^[^@]{1,64}@/, EMAIL_MESSAGE);

function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

/** English when nobody says. */
export const languageSchema = z
  .string(LANGUAGE_MESSAGE)
  .max(LONGEST_LANGUAGE, LANGUAGE_MESSAGE)
  .refine(isLanguageTag, LANGUAGE_MESSAGE)
  .transform((tag) => tag.toLowerCase())
  .default('en')
  .meta({ description: 'A language tag of BCP 47. It is kept in lower case.' });
