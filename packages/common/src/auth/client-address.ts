import { BlockList, isIP, SocketAddress } from 'node:net';

/** The address of a closed connection. Rate limits count all such requests together. */
const UNKNOWN_ADDRESS = '0.0.0.0';
/** The number of proxies in `x-forwarded-for` that are read, from the right. */
const MAX_FORWARDED_HOPS = 10;
const MAX_FORWARDED_LENGTH = 1_024;
const IPV4_MAPPED_PREFIX = '::ffff:';
const IPV6_GROUPS = 8;

/** The origin of a request, for rate limits and the audit log. */
export interface RequestOrigin {
  readonly address: string;
  readonly userAgent: string | undefined;
  readonly requestId: string;
}

/** The peers whose `x-forwarded-for` is trusted. */
export interface TrustedProxies {
  has(address: string): boolean;
}

/**
 * Parses a list of addresses and networks, such as `['127.0.0.1', '10.0.0.0/8', 'fd00::/8']`.
 * @throws Error for an entry that is neither
 */
export function createTrustedProxies(entries: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix, ...rest] = entry.trim().split('/');
    const family = familyOf(address);
    const maxPrefix = family === 'ipv4' ? 32 : 128;
    const prefixLength = prefix === undefined ? maxPrefix : Number(prefix);
    const isWellFormed =
      isIP(address) !== 0 && rest.length === 0 && (prefix === undefined || /^\d{1,3}$/.test(prefix));
    if (!isWellFormed || prefixLength > maxPrefix) {
      throw new Error(`"${entry}" is not an address or a network such as 10.0.0.0/8.`);
    }
    list.addSubnet(address, prefixLength, family);
  }
  return { has: (address) => isIP(address) !== 0 && list.check(address, familyOf(address)) };
}

/**
 * Returns the address of the client: the peer of the connection, or the address that a trusted proxy reports.
 *
 * `x-forwarded-for` is read from the right, where each proxy appends the address it saw. The first address that is not
 * a trusted proxy is the client. The addresses left of it come from the client and are ignored.
 * @param peer address at the other end of the connection
 */
export function clientAddressOf(
  peer: string | undefined,
  forwardedFor: string | readonly string[] | undefined,
  trusted: TrustedProxies,
): string {
  let address = normalAddress(peer) ?? UNKNOWN_ADDRESS;
  for (const hop of hopsFromTheRight(forwardedFor)) {
    if (!trusted.has(address)) break;
    const next = normalAddress(hop);
    // After an invalid entry, the proxy that sent it is the last known address.
    if (next === undefined) break;
    address = next;
  }
  return address;
}

/**
 * Returns the network that a rate limit counts: an IPv4 address itself, or the /64 of an IPv6 address, since one client
 * has all addresses of a /64.
 */
export function networkOf(address: string): string {
  return ipv6Network(address, 64) ?? ipv4Of(address);
}

/**
 * Returns the /56 and the /48 of an IPv6 address, which providers assign to one customer. Returns none for an IPv4
 * address.
 */
export function widerNetworksOf(address: string): readonly string[] {
  const narrow = ipv6Network(address, 56);
  const wide = ipv6Network(address, 48);
  return narrow === undefined || wide === undefined ? [] : [narrow, wide];
}

/** Returns the network that a device usually stays in: the /24 of an IPv4 address, the /64 of an IPv6 address. */
export function neighbourhoodOf(address: string): string {
  return ipv6Network(address, 64) ?? `${ipv4Of(address).split('.').slice(0, 3).join('.')}.0/24`;
}

/** Returns the network of an IPv6 address; undefined for an IPv4 address, also in its IPv6 form. */
function ipv6Network(address: string, prefixLength: 48 | 56 | 64): string | undefined {
  const normal = normalAddress(address) ?? address;
  if (isIP(normal) !== 6) return undefined;
  const [left = '', right] = normal.split('::');
  const leftGroups = left === '' ? [] : left.split(':');
  const rightGroups = right ? right.split(':') : [];
  const zeros = right === undefined ? 0 : Math.max(0, IPV6_GROUPS - leftGroups.length - rightGroups.length);
  const groups = [...leftGroups, ...Array.from({ length: zeros }, () => '0'), ...rightGroups];
  const kept = groups.slice(0, prefixLength >> 4);
  if (prefixLength === 56) kept.push((Number.parseInt(groups[3] ?? '0', 16) & 0xff_00).toString(16));
  return `${kept.join(':')}::/${prefixLength}`;
}

function ipv4Of(address: string): string {
  return normalAddress(address) ?? address;
}

function hopsFromTheRight(forwardedFor: string | readonly string[] | undefined): string[] {
  if (forwardedFor === undefined) return [];
  const text = typeof forwardedFor === 'string' ? forwardedFor : forwardedFor.join(',');
  // Only the right end counts, so a client cannot push it out with a long header.
  return text.slice(-MAX_FORWARDED_LENGTH).split(',').slice(-MAX_FORWARDED_HOPS).toReversed();
}

/** Returns the canonical form of an address: `2001:DB8:0::1` is `2001:db8::1`, `::ffff:1.2.3.4` is `1.2.3.4`. */
function normalAddress(text: string | undefined): string | undefined {
  const address = text?.trim() ?? '';
  const version = isIP(address);
  if (version === 0) return undefined;
  if (version === 4) return address;
  const { address: canonical } = new SocketAddress({ address, family: 'ipv6' });
  const mapped = canonical.startsWith(IPV4_MAPPED_PREFIX) ? canonical.slice(IPV4_MAPPED_PREFIX.length) : '';
  return isIP(mapped) === 4 ? mapped : canonical;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
