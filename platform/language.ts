/** The languages that people are spoken to in; the first is the one for everybody else. */
export const LANGUAGES = ['en', 'de'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The same words in each language, e.g. `{ en: loginEn, de: loginDe }`. */
export type InEachLanguage<Words> = Readonly<Record<Language, Words>>;

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}

/**
 * The language for a language code of any spelling (`DE`, `de-AT`, Saleor's `DE_CH`). One that nothing is written in
 * becomes English.
 */
export function languageOf(code: string): Language {
  const primary = code.toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find((language) => language === primary) ?? 'en';
}
