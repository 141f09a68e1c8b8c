import type { Request } from 'express';
import { type Language, LANGUAGES, languageOf } from '../../platform/language.ts';

/** What a browser asks for (`Accept-Language`, RFC 9110 section 12.5.4), where nothing else says it. */
export function languageAsked(req: Request): Language {
  const best = req.acceptsLanguages(...LANGUAGES);
  return best === false ? 'en' : languageOf(best);
}
