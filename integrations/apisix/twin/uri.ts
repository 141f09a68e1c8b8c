/** A request's URI as nginx takes it apart. Text is one character per byte (latin1). */
export interface GatewayUri {
  /** As the client wrote it. */
  readonly raw: string;
  /** Percent-decoded once, slashes collapsed, dot segments resolved. */
  readonly path: string;
  /** With its `?`, raw; empty when there is none. */
  readonly query: string;
}

function decode(path: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
  return path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function resolveDots(path: string): string | undefined {
  const segments: string[] = [];
  const parts = path
    .replace(/\/{2,}/g, '/')
    .split('/')
    .slice(1);
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === '..') {
      if (segments.length === 0) return undefined;
      segments.pop();
      if (last) segments.push('');
    } else if (part === '.') {
      if (last) segments.push('');
    } else {
      segments.push(part);
    }
  }
  return `/${segments.join('/')}`;
}

/** Undefined where nginx answers 400: a broken escape, a zero byte, a path above the root. */
export function parseGatewayUri(url: string): GatewayUri | undefined {
  const raw = url.replace(/^https?:\/\/[^/?#]*/i, '') || '/';
  const at = raw.indexOf('?');
  const query = at < 0 ? '' : raw.slice(at);
  const decoded = decode(at < 0 ? raw : raw.slice(0, at));
  if (decoded === undefined || !decoded.startsWith('/') || decoded.includes('\0')) return undefined;
  const path = resolveDots(decoded);
  return path === undefined ? undefined : { raw, path, query };
}

/** nginx's `ngx_escape_uri` for a path: what would end it, break the line or need escaping is escaped again. */
export function escapePath(path: string): string {
  return path.replace(
    /[^\x21-\x7e]|["#%<>?\\^`{|}]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
