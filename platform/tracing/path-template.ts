/** Longer than every word of a vendor's paths, and shorter than a slug, which must not stand in a trace. */
const LONGEST_WORD = 21;

/** A vendor's path with `{id}` for all that is not a fixed word of it: `/api/v1/tickets/{id}`. */
export function pathTemplate(path: string): string {
  return path
    .split('/')
    .map((part) => (isWord(part) ? part : '{id}'))
    .join('/');
}

const isWord = (part: string): boolean =>
  part.length <= LONGEST_WORD && (/^v\d$/.test(part) || /^[a-z]*(?:[-_][a-z]+)*$/.test(part));
