import { isIP } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { Request } from 'express';
import fc from 'fast-check';
import { addressKey, clientAddress } from '../../api/client-address.ts';

const upstreamSecret = 'what the gateway alone knows';

function from(socket: string | undefined, headers: Readonly<Record<string, string>> = {}): string {
  const req = { socket: { remoteAddress: socket }, get: (name: string) => headers[name] };
  return clientAddress(req as unknown as Request, { upstreamSecret });
}
const throughGateway = (real: string) =>
  from('10.0.0.9', { 'x-real-ip': real, 'x-upstream-auth': upstreamSecret });

describe('where a request comes from', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:0db8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('the gateway says: %s', (real, address) => {
    expect(throughGateway(real)).toBe(address);
  });

  test.each([
    '',
    'unknown',
    '203.0.113.7:4711',
    '[2001:db8::1]',
    '203.0.113.7, 198.51.100.1',
    '203.0.113',
    '0203.0.113.7',
    '203.0.113.7\u0000',
    '<script>',
    `${'1'.repeat(5000)}`,
  ])('is who connected when the gateway says %j', (real) => {
    expect(throughGateway(real)).toBe('10.0.0.9');
  });

  test.each([
    [{ 'x-real-ip': '203.0.113.7' }],
    [{ 'x-real-ip': '203.0.113.7', 'x-upstream-auth': '' }],
    [{ 'x-real-ip': '203.0.113.7', 'x-upstream-auth': `${upstreamSecret} ` }],
    [{ 'x-forwarded-for': '203.0.113.7', 'x-upstream-auth': upstreamSecret }],
    [{}],
  ])('is who connected without the gateway’s word for it: %j', (headers) => {
    expect(from('198.51.100.4', headers)).toBe('198.51.100.4');
    expect(from('::ffff:198.51.100.4', headers)).toBe('198.51.100.4');
  });

  test('is nobody’s secret that was never set', () => {
    const headers: Readonly<Record<string, string>> = { 'x-real-ip': '203.0.113.7', 'x-upstream-auth': '' };
    const req = { socket: { remoteAddress: '198.51.100.4' }, get: (name: string) => headers[name] };
    expect(clientAddress(req as unknown as Request, { upstreamSecret: '' })).toBe('198.51.100.4');
  });

  test('is unknown when the connection is gone', () => {
    expect(from(undefined)).toBe('unknown');
  });
});

describe('an address is counted as', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1::2:3:4:5:6:7', '1:0:2:3::/64'],
    ['unknown', 'unknown'],
  ])('%s: %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  test('the same for all of a /64 however it is written, and another for the next', () => {
    const group = fc.integer({ min: 0, max: 0xff_ff });
    fc.assert(
      fc.property(
        fc.tuple(group, group, group, group),
        fc.tuple(group, group, group, group),
        fc.tuple(group, group, group, group),
        (network, one, other) => {
          // ::/64 holds the mapped IPv4 addresses.
          fc.pre(network.some((part) => part !== 0));
          const write = (host: readonly number[]) =>
            [...network, ...host].map((part) => part.toString(16).padStart(4, '0')).join(':');
          const key = addressKey(throughGateway(write(one)));
          expect(key).toBe(addressKey(throughGateway(write(other))));
          const next = [...network.slice(0, 3), (network[3] ^ 1) & 0xff_ff];
          const neighbour = [...next, ...one].map((part) => part.toString(16)).join(':');
          expect(addressKey(neighbour)).not.toBe(key);
        },
      ),
    );
  });

  test('what it is, for every IPv4 address', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isIP(addressKey(throughGateway(address)))).toBe(4);
        expect(addressKey(throughGateway(`::ffff:${address}`))).toBe(address);
      }),
    );
  });
});
