import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.parse>;
type Network = [Address, number];

/** IPv6 addresses of the public internet are given out of this one range (RFC 4291; IANA). */
const GLOBAL_UNICAST: Network = ipaddr.parseCIDR('2000::/3');

/** `public`: on the open internet. `own`: in a network that the configuration lets through. */
export type Standing = 'public' | 'own' | 'forbidden';

const contains = (network: Network, address: Address): boolean =>
  network[0].kind() === address.kind() && address.match(network);

function networkOf(text: string): Network {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Only what is known to be public is; everything special, also what wraps an IPv4 address, is not. */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || contains(GLOBAL_UNICAST, address);
}

/**
 * Where an IP address is. An IPv4 address that is mapped into IPv6 is judged as the IPv4 address that a connection
 * would go to; NAT64, 6to4 and Teredo are forbidden whatever they wrap.
 *
 * @param ownNetworks addresses or CIDRs, valid ones.
 */
export function standingOf(address: string, ownNetworks: readonly string[]): Standing {
  if (!ipaddr.isValid(address)) return 'forbidden';
  // Unwraps what is mapped.
  const known = ipaddr.process(address);
  if (ownNetworks.some((network) => contains(networkOf(network), known))) return 'own';
  return isPublic(known) ? 'public' : 'forbidden';
}

/** Whether a request may go there: in clear text into our own networks only. */
export function mayReach(address: string, secure: boolean, ownNetworks: readonly string[]): boolean {
  const standing = standingOf(address, ownNetworks);
  return standing === 'own' || (secure && standing === 'public');
}
