import { isIP } from 'node:net';
import { mayReach } from './addresses.ts';

const LONGEST_URL = 2000;

/** The URL's host without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function isUsualPort(port: string): boolean {
  return port === '' || port === '80' || port === '443' || Number(port) >= 1024;
}

/**
 * Why a URL can be no receiver of webhooks, by what is written in it; null when it can be. Names are looked up when
 * something is sent, each time.
 *
 * @param ownNetworks networks of ours that may be reached all the same, in clear text too.
 */
export function targetProblem(text: string, ownNetworks: readonly string[]): string | null {
  if (text.length > LONGEST_URL) return `must be at most ${LONGEST_URL} characters long`;
  if (!URL.canParse(text)) return 'must be an absolute URL';
  const url = new URL(text);
  const secure = url.protocol === 'https:';
  if (!secure && !(url.protocol === 'http:' && ownNetworks.length > 0)) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must carry no user name and no password';
  if (url.hash !== '') return 'must have no fragment';
  if (!isUsualPort(url.port)) return 'must have the port 443, 80, or one from 1024';
  // The parser has written every form of an IPv4 address, such as 0x7f000001, in the usual one.
  const host = hostOf(url);
  if (isIP(host) !== 0 && !mayReach(host, secure, ownNetworks)) return 'must not lead into a private network';
  return null;
}
