import type { Request } from 'express';

/** A navigation of a browser: a person who can use a page. Programs get JSON. */
export function wantsHtml(req: Request): boolean {
  const mode = req.get('sec-fetch-mode');
  return (
    /(?:^|[,\s])text\/html(?:[;,\s]|$)/i.test(req.get('accept') ?? '') &&
    (mode === undefined || mode === 'navigate') &&
    req.get('x-requested-with') === undefined
  );
}
