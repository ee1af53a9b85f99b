import { clientAddressOf, createTrustedProxies, networkOf } from '@cnop/common/auth/client-address';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const TRUSTED = createTrustedProxies(['127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8']);
const NO_PROXIES = createTrustedProxies([]);

describe('the address of the client', () => {
  it.each<[string, string | undefined, string | string[] | undefined, string]>([
    ['is the peer without a header', '192.0.2.1', undefined, '192.0.2.1'],
    ['is an untrusted peer despite its header', '192.0.2.1', '203.0.113.7', '192.0.2.1'],
    ['is the address that a trusted peer reports', '10.1.2.3', '203.0.113.7', '203.0.113.7'],
    ['is a trusted peer without a header', '10.1.2.3', undefined, '10.1.2.3'],
    [
      'is the last untrusted address in the header',
      '10.1.2.3',
      '198.51.100.1, 203.0.113.7, 10.9.9.9',
      '203.0.113.7',
    ],
    ['is not an address that the client prepends', '10.1.2.3', '127.0.0.1, 203.0.113.7', '203.0.113.7'],
    ['is the first address when all are trusted', '127.0.0.1', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
    ['is the last proxy before an invalid entry', '10.1.2.3', '203.0.113.7, nonsense, 10.0.0.2', '10.0.0.2'],
    ['is the peer when the header is invalid', '10.1.2.3', 'unknown', '10.1.2.3'],
    ['is the peer when the header is empty', '10.1.2.3', '', '10.1.2.3'],
    ['is not an address with a port', '10.1.2.3', '203.0.113.7:4711', '10.1.2.3'],
    ['is not a short form', '10.1.2.3', '2130706433', '10.1.2.3'],
    ['is read over several headers', '10.1.2.3', ['198.51.100.1', '203.0.113.7'], '203.0.113.7'],
    ['may be surrounded by spaces', '10.1.2.3', '198.51.100.1,  203.0.113.7  ,10.0.0.1', '203.0.113.7'],
    ['is in canonical IPv6 form', '::1', '2001:DB8:0:0::1', '2001:db8::1'],
    ['is IPv4 when it is mapped into IPv6', '::ffff:10.1.2.3', '::ffff:203.0.113.7', '203.0.113.7'],
    ['is IPv4 in the hexadecimal mapped form', '::ffff:a01:203', '::ffff:cb00:7107', '203.0.113.7'],
    ['has no zone', 'fd00::1%eth0', 'fe80::1%eth0', 'fe80::1'],
    ['is unknown when the connection is gone', undefined, '203.0.113.7', '0.0.0.0'],
  ])('%s', (_name, peer, forwardedFor, expected) => {
    expect(clientAddressOf(peer, forwardedFor, TRUSTED)).toBe(expected);
  });

  it('is always the peer when no proxy is trusted', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.string(), (peer, forwardedFor) => {
        expect(clientAddressOf(peer, forwardedFor, NO_PROXIES)).toBe(peer);
      }),
    );
  });

  it('cannot be forged through a trusted proxy', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())), (sent) => {
        const forwardedFor = [...sent, '203.0.113.7'].join(', ');
        expect(clientAddressOf('127.0.0.1', forwardedFor, TRUSTED)).toBe('203.0.113.7');
      }),
    );
  });

  it('is found at the end of a huge header', () => {
    const forwardedFor = `${'198.51.100.1, '.repeat(100_000)}203.0.113.7`;
    expect(clientAddressOf('127.0.0.1', forwardedFor, TRUSTED)).toBe('203.0.113.7');
    expect(clientAddressOf('127.0.0.1', '10.0.0.1, '.repeat(100_000), TRUSTED)).toBe('127.0.0.1');
  });
});

describe('a list of trusted proxies', () => {
  it.each([
    ['10.0.0.0/8', '10.255.255.255', '11.0.0.0'],
    ['192.0.2.1', '192.0.2.1', '192.0.2.2'],
    ['192.0.2.1/32', '192.0.2.1', '192.0.2.0'],
    ['fd00::/8', 'fdff::1', 'fe00::1'],
    ['2001:db8::1', '2001:db8::1', '2001:db8::2'],
    [' 127.0.0.1 ', '127.0.0.1', '127.0.0.2'],
  ])('with %s has %s and not %s', (entry, inside, outside) => {
    const trusted = createTrustedProxies([entry]);
    expect(trusted.has(inside)).toBe(true);
    expect(trusted.has(outside)).toBe(false);
    expect(trusted.has('nonsense')).toBe(false);
  });

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0',
    '*',
    '10.0.0.0/1e1',
  ])('refuses the entry "%s"', (entry) => {
    expect(() => createTrustedProxies([entry])).toThrow('is not an address or a network');
  });
});

describe('the network that a limit counts', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::8', '1:0:0:0::/64'],
    ['nonsense', 'nonsense'],
  ])('for %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('is the same for all IPv6 addresses of a client', () => {
    const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    const tail = fc.array(group, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(tail, tail, tail, (head, one, other) => {
        const network = (rest: string[]) =>
          networkOf(clientAddressOf([...head, ...rest].join(':'), undefined, NO_PROXIES));
        const isPlain = !head.every((part) => part === '0');
        fc.pre(isPlain);
        expect(network(one)).toBe(network(other));
      }),
    );
  });
});
