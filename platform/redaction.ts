export const REDACTED = '[redacted]';

const SECRET_KEYS = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'cookies',
  'setcookie',
  'xapikey',
  'xgatewayauth',
  'xupstreamauth',
  'saleorsignature',
  'credentials',
  'jwt',
  'mailto',
  'firstname',
  'lastname',
  'phone',
  'databaseurl',
  'bookingurl',
  'vendorbody',
]);
const SECRET_ENDINGS =
  /(?:token|secret|password|passphrase|apikey|adminkey|signingkey|signingkeys|email|emails)$/;

/** Whether what stands under this key is never logged, however it is written (`Set-Cookie`, `set_cookie`). */
export function isSecretKey(key: string): boolean {
  const plain = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return SECRET_KEYS.has(plain) || SECRET_ENDINGS.test(plain);
}

/** Where pino redacts in a child logger's own fields and in serialized requests, which are not walked through. */
export const REDACTED_PATHS: readonly string[] = ['', '*.', 'req.headers.', 'res.headers.'].flatMap(
  (prefix) =>
    ['authorization', 'cookie', 'token', 'secret', 'password', 'email']
      .map((key) => `${prefix}${key}`)
      .concat(prefix.endsWith('headers.') ? [`${prefix}["set-cookie"]`, `${prefix}["x-gateway-auth"]`] : []),
);

const DEEPEST = 8;

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The same value with everything under a secret key replaced; errors and other objects stay for serializers. */
export function redactFields(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) return REDACTED;
  if (Array.isArray(value)) return value.map((one) => redactFields(one, depth + 1));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      isSecretKey(key) && one !== null && one !== undefined && typeof one !== 'boolean'
        ? REDACTED
        : redactFields(one, depth + 1),
    ]),
  );
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // The password in a connection string.
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]+):[^\s/@"]+@/gi, '$1:[redacted]@'],
  // A signed token, wherever it stands.
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, REDACTED],
  [/\b(Bearer|Basic)\s+[\w~+/.=-]{16,}/gi, `$1 ${REDACTED}`],
  [/\b(token=)[^\s"&\\]+/gi, `$1${REDACTED}`],
  // What follows the question mark of an address: tokens, names and e-mail addresses travel there.
  [/\b(https?:\/\/[^\s"?#<>\\]+)[?#][^\s"<>\\]*/gi, '$1'],
  [/("(?:url|uri|originalUrl|path|location|referer|referrer)":"[^"?#]*)[?#][^"]*"/gi, '$1"'],
  [/(\/(?:customer|booking)\/[^\s"?#\\]*)\?[^\s"\\]*/g, '$1'],
  [/[\w.!#$%&'*+/=?^`{|}~-]+(?:@|%40)[a-z0-9-]+(?:\.[a-z0-9-]+)+/gi, REDACTED],
];

/** Takes secrets out of a text by their look: tokens, e-mail addresses, the queries of addresses. */
export function scrub(text: string): string {
  let scrubbed = text;
  for (const [pattern, replacement] of PATTERNS) scrubbed = scrubbed.replaceAll(pattern, replacement);
  return scrubbed;
}
