import { isIP } from 'node:net';
import type { Request } from 'express';
import { sameSecret } from '../platform/secrets.ts';

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // The URL parser writes every form the same way: no zone, no dotted tail, zeroes shortened at most once.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const read = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return read(head);
  const [left, right] = [read(head), read(tail)];
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
}

const isMapped = (groups: readonly number[]): boolean =>
  groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xff_ff;

/**
 * One writing per address; an IPv4 address mapped into IPv6, as a listener on both families sees it, is IPv4.
 *
 * @returns undefined when it is no IP address.
 */
function canonical(text: string): string | undefined {
  const address = text.split('%')[0] ?? '';
  switch (isIP(address)) {
    case 4:
      return address;
    case 6: {
      const groups = groupsOf(address);
      if (isMapped(groups))
        return groups
          .slice(6)
          .flatMap((group) => [group >> 8, group & 0xff])
          .join('.');
      return new URL(`http://[${address}]`).hostname.slice(1, -1);
    }
    default:
      return undefined;
  }
}

/**
 * Where a request comes from. The gateway says so in `X-Real-IP`, which is believed only beside the secret that the
 * gateway alone knows; else, and for anything but one address, it is who connected to us.
 */
export function clientAddress(req: Request, settings: { readonly upstreamSecret: string }): string {
  const socket = req.socket.remoteAddress;
  const connected = (socket === undefined ? undefined : canonical(socket)) ?? 'unknown';
  if (!sameSecret(req.get('x-upstream-auth'), settings.upstreamSecret)) return connected;
  return canonical(req.get('x-real-ip')?.trim() ?? '') ?? connected;
}

/**
 * What an address is counted as: IPv6 by its /64, because a single household or host has all of that (RFC 6177) and
 * could take another address for each request.
 */
export function addressKey(address: string): string {
  if (isIP(address) !== 6) return address;
  return `${groupsOf(address)
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}
