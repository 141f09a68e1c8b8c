import type { Request } from 'express';

/** The languages that pages are written in; the first is the one for everybody else. */
export const LANGUAGES = ['en', 'de'] as const;

export type Language = (typeof LANGUAGES)[number];

/**
 * The page's language for a language code of any spelling (`DE`, `de-AT`, Saleor's `DE_CH`). One that no page is
 * written in becomes English.
 */
export function languageOf(code: string): Language {
  const primary = code.toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find((language) => language === primary) ?? 'en';
}

/** What a browser asks for (`Accept-Language`, RFC 9110 section 12.5.4), where nothing else says it. */
export function languageAsked(req: Request): Language {
  const best = req.acceptsLanguages(...LANGUAGES);
  return best === false ? 'en' : languageOf(best);
}
