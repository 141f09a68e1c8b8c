import { isIP } from 'node:net';

/** This machine itself: the only place to which plain HTTP carries a credential or a key. */
export function isLoopback(url: URL): boolean {
  const { hostname } = url;
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  // Only an address: 127.example.com is somebody's name.
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}

/** Whether what is fetched from there is what its owner sent: HTTPS, or this machine. */
export function isTrustedTransport(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

/** Where an issuer describes itself (OpenID Connect Discovery 1.0, section 4). */
export function discoveryAddress(issuer: string): URL {
  return new URL(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`);
}
