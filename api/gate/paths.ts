export type Door = 'page' | 'join';

/** A path below a session's URL, as the client sent it. */
export interface GatedPath {
  readonly slug: string;
  readonly door: Door;
  /** The path alone: what may stand in a `Location` or a return address. */
  readonly path: string;
  /** The `token` parameter of the query, or null. It never travels further. */
  readonly token: string | null;
}

/** Longer than any URL of ours. */
const LONGEST_URI = 8192;
/** The one segment with a dot: calendars know a file by its ending. */
const SESSION_PATH = /^\/customer\/s\/([A-Za-z0-9_-]{22,64})((?:\/[A-Za-z0-9_-]+)*\/?|\/calendar\.ics)$/;
const RETURN_PATH = /^\/customer(?:(?:\/[A-Za-z0-9_-]+)+\/?|\/s\/[A-Za-z0-9_-]+\/calendar\.ics)$/;

/**
 * Reads a request's raw URI. Only plain segments are ours: what would need decoding, collapsing or resolving
 * before it could be compared (`%2e%2e`, `//`, `..`, `;`) is refused, so that the gate, APISIX and the upstream
 * can never read one path in two ways. The query decides nothing; a token in it is only handed on.
 *
 * @returns undefined for everything that is not a session's URL.
 */
export function readGatedPath(uri: string): GatedPath | undefined {
  if (uri.length > LONGEST_URI) return undefined;
  const mark = uri.indexOf('?');
  const path = mark === -1 ? uri : uri.slice(0, mark);
  const [, slug, rest] = SESSION_PATH.exec(path) ?? [];
  if (slug === undefined) return undefined;
  const token = mark === -1 ? null : new URLSearchParams(uri.slice(mark + 1)).get('token');
  return { slug, door: rest === '/join' ? 'join' : 'page', path, token };
}

/** The URL path of a session, on the gateway's origin. */
export function sessionPath(slug: string): string {
  return `/customer/s/${slug}`;
}

/** The login page's path, told where to go back to when that is a path of ours. */
export function loginPath(back: string | null): string {
  return back === null ? '/customer/login' : `/customer/login?rd=${encodeURIComponent(back)}`;
}

/**
 * Where to go back to after a login. Only a plain relative path below `/customer` survives: no scheme, host, dot,
 * backslash, white space, encoding, query or fragment.
 *
 * @returns the path, null when none was given, undefined when what was given is not ours.
 */
export function readReturnPath(given: unknown): string | null | undefined {
  if (given === undefined) return null;
  if (typeof given !== 'string' || given.length > 512) return undefined;
  return RETURN_PATH.test(given) ? given : undefined;
}
