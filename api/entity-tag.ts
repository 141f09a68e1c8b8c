import { createHash } from 'node:crypto';

/** A strong entity tag (RFC 9110, section 8.8.3): the same for the same representation, on every replica. */
export function entityTagOf(representation: object): string {
  return `"${createHash('sha256').update(JSON.stringify(representation)).digest('base64url').slice(0, 27)}"`;
}

/** One tag of a list; what comes before it, up to a comma, is skipped. */
const TAG = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

function names(header: string, tag: string, weakToo: boolean): boolean {
  if (header.trim() === '*') return true;
  return [...header.matchAll(TAG)].some(
    ([, weak, named]) => named === tag && (weakToo || weak === undefined),
  );
}

/** `If-Match` (section 13.1.1): strong comparison. Without the header everything fits. */
export function fitsIfMatch(header: string | undefined, tag: string): boolean {
  return header === undefined || names(header, tag, false);
}

/** `If-None-Match` (section 13.1.2): weak comparison. True: who asks has it already. */
export function isKnown(header: string | undefined, tag: string): boolean {
  return header !== undefined && names(header, tag, true);
}
