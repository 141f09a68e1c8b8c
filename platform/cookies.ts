/** The value of the first cookie of this name in a `Cookie` header, as it stands there, or undefined. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

export interface CookieSettings {
  readonly path: string;
  readonly maxAgeSeconds: number;
  /** False only where the gateway is plain HTTP on one's own machine. */
  readonly secure: boolean;
  /** `Strict`: not even a link from another site brings it along. Default `Lax`. */
  readonly sameSite?: 'Strict' | 'Lax';
}

/**
 * A `Set-Cookie` value that scripts cannot read and that other sites' forms do not carry.
 *
 * @throws when name, value or path could break out of the header.
 */
export function setCookie(name: string, value: string, settings: CookieSettings): string {
  if (!/^[\w-]+$/.test(name) || !/^[\w.-]*$/.test(value) || !/^\/[\w/.-]*$/.test(settings.path))
    throw new Error(`not a cookie of ours: ${name}`);
  return [
    `${name}=${value}`,
    `Path=${settings.path}`,
    `Max-Age=${settings.maxAgeSeconds}`,
    'HttpOnly',
    `SameSite=${settings.sameSite ?? 'Lax'}`,
    ...(settings.secure ? ['Secure'] : []),
  ].join('; ');
}

/**
 * A `Set-Cookie` value that ends a cookie of ours. The path must be the one that it was set with: a browser keeps
 * cookies of the same name under other paths.
 */
export function clearCookie(name: string, settings: Omit<CookieSettings, 'maxAgeSeconds'>): string {
  return setCookie(name, '', { ...settings, maxAgeSeconds: 0 });
}
