/** One secret of a ring. */
export interface Key {
  /** Stands in clear beside what was signed with it; letters, digits, `.`, `_` and `-`. */
  readonly id: string;
  readonly secret: Uint8Array;
}

/** Secrets that are good at the same time: sign with the newest, verify with any, so that rotation has no gap. */
export interface KeyRing {
  readonly newest: Key;
  /** Newest first. */
  readonly all: readonly Key[];
  byId(id: string): Key | undefined;
}

export type KeyRingParse =
  | { readonly ok: true; readonly ring: KeyRing }
  | { readonly ok: false; readonly problems: readonly string[] };

/** HS256 needs a key of at least the hash's length (RFC 7518, section 3.2). */
export const SHORTEST_KEY_BYTES = 32;

/** A secret that stands in public examples; whoever uses it in production has no lock. */
export const WELL_KNOWN_SECRET = 'booking-link-secret-key-change-in-production';

const ID = /^[A-Za-z0-9._-]{1,64}$/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** @throws {RangeError} when a ring would be empty or an id stands twice. */
export function keyRing(keys: readonly Key[]): KeyRing {
  const [newest] = keys;
  if (newest === undefined) throw new RangeError('a key ring needs a key');
  const byId = new Map(keys.map((key) => [key.id, key]));
  if (byId.size !== keys.length) throw new RangeError('a key id stands twice in a ring');
  return { newest, all: [...keys], byId: (id) => byId.get(id) };
}

/**
 * Reads `id:base64,id:base64,…`, newest first; both base64 alphabets are taken.
 *
 * @param weak lets short keys and the published example pass: development only.
 * @returns the ring, or every problem; a problem names a key by its place and id, never by its secret.
 */
export function parseKeyRing(text: string, options: { readonly weak: boolean }): KeyRingParse {
  const keys: Key[] = [];
  const problems: string[] = [];
  for (const [index, part] of text.split(',').entries()) {
    const colon = part.indexOf(':');
    const id = part.slice(0, colon).trim();
    const encoded = part.slice(colon + 1).trim();
    if (colon < 0 || !ID.test(id)) {
      problems.push(`key ${index + 1} is not written as id:base64`);
      continue;
    }
    if (!BASE64.test(encoded)) {
      problems.push(`key ${index + 1} (${id}) is not base64`);
      continue;
    }
    const secret = Buffer.from(encoded, 'base64');
    if (!options.weak) {
      if (encoded === WELL_KNOWN_SECRET || secret.toString('utf8') === WELL_KNOWN_SECRET)
        problems.push(`key ${index + 1} (${id}) is the published example; make one of your own`);
      else if (secret.length < SHORTEST_KEY_BYTES)
        problems.push(
          `key ${index + 1} (${id}) has ${secret.length} bytes; ${SHORTEST_KEY_BYTES} are the least`,
        );
    }
    if (keys.some((key) => key.id === id)) problems.push(`the key id ${id} stands twice`);
    keys.push({ id, secret: new Uint8Array(secret) });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, ring: keyRing(keys) };
}
