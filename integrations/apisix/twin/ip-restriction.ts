import { BlockList, isIP } from 'node:net';

/** An address or CIDR as the plugin takes it. */
export function isAddressOrCidr(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** Whether one of the list names this address. */
export function namesAddress(list: readonly string[], address: string): boolean {
  const names = new BlockList();
  for (const one of list) {
    const [net = '', bits] = one.split('/');
    const family = isIP(net) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) names.addAddress(net, family);
    else names.addSubnet(net, Number(bits), family);
  }
  return isIP(address) !== 0 && names.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
