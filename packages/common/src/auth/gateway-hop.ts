import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../core/clock.ts';
import { epochSeconds } from '../core/clock.ts';
import type { TrustedProxies } from './client-address.ts';
import { clientAddressOf, createTrustedProxies } from './client-address.ts';

/** The header with the gateway's signature of a request. */
export const HOP_HEADER = 'x-gateway-hop';
/** The largest accepted difference between the clocks of the gateway and a service. */
const MAX_CLOCK_DIFFERENCE_SECONDS = 300;
const SCHEME = 'v1';
const HOP_PATTERN = /^v1\.(\d{1,12})\.([\w-]{43})$/;

/** One request from the gateway to a service. */
export interface Hop {
  readonly method: string;
  /** Path and query at the service. */
  readonly url: string;
  readonly clientAddress: string;
  readonly requestId: string;
}

/** Returns the value of the hop header for a request. */
export type SignHop = (hop: Hop) => string;

/** Returns the address of the client that a request came from. */
export type ClientAddressOf = (request: IncomingMessage) => string;

/** The reason why a signed hop is refused. */
export type HopRefusal = 'wrong signature' | 'clocks differ';

/**
 * Creates the signer of the gateway: an HMAC-SHA-256 over method, URL, client address, request id and time. It proves
 * the client address, not the body, and takes a few microseconds.
 * @see docs/adr/0035-gateway-signs-its-hop.md
 */
export function createHopSigner(secret: string, clock: Clock): SignHop {
  return (hop) => {
    const seconds = epochSeconds(clock.now());
    return `${SCHEME}.${seconds}.${signatureOf(hop, seconds, secret).toString('base64url')}`;
  };
}

/** The secrets of a service behind a gateway that signs its hops. */
export interface SignedHopOptions {
  /** All of them are accepted, so that a secret can be replaced without downtime. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** Called for each hop with a signature that is refused. */
  readonly onRefusal: (refusal: HopRefusal) => void;
}

/**
 * Creates the address reader of a service behind a gateway that signs its hops. A request without a valid signature did
 * not come through the gateway, so the peer of its connection counts as the client.
 * @see docs/adr/0035-gateway-signs-its-hop.md
 */
export function readSignedHops({ secrets, clock, onRefusal }: SignedHopOptions): ClientAddressOf {
  const trustsNone = createTrustedProxies([]);
  const trustsAll: TrustedProxies = { has: () => true };

  function refusalOf(hop: Hop, header: string): HopRefusal | undefined {
    const [, seconds = '', signature = ''] = HOP_PATTERN.exec(header) ?? [];
    const given = Buffer.from(signature, 'base64url');
    const isSigned = secrets.some((secret) => {
      const expected = signatureOf(hop, Number(seconds), secret);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    if (!isSigned) return 'wrong signature';
    const difference = Math.abs(epochSeconds(clock.now()) - Number(seconds));
    return difference > MAX_CLOCK_DIFFERENCE_SECONDS ? 'clocks differ' : undefined;
  }

  return ({ method = '', url = '', headers, socket }) => {
    const { [HOP_HEADER]: header, 'x-forwarded-for': address, 'x-request-id': requestId } = headers;
    const peer = (): string => clientAddressOf(socket.remoteAddress, undefined, trustsNone);
    if (typeof header !== 'string' || typeof address !== 'string' || typeof requestId !== 'string')
      return peer();
    const refusal = refusalOf({ method, url, clientAddress: address, requestId }, header);
    if (refusal === undefined) return clientAddressOf(socket.remoteAddress, address, trustsAll);
    onRefusal(refusal);
    return peer();
  };
}

/**
 * Creates the address reader of a service without a shared secret, which trusts the `x-forwarded-for` of some peers.
 * @param trustedPeers addresses and networks
 * @throws Error for an entry that is neither
 */
export function readTrustedPeers(trustedPeers: readonly string[]): ClientAddressOf {
  const trusted = createTrustedProxies(trustedPeers);
  return ({ headers, socket }) => clientAddressOf(socket.remoteAddress, headers['x-forwarded-for'], trusted);
}

/** Creates the address reader of a service in the process of the gateway, which only the gateway can call. */
export function readOwnGateway(): ClientAddressOf {
  const trustsAll: TrustedProxies = { has: () => true };
  return ({ headers, socket }) =>
    clientAddressOf(socket.remoteAddress, headers['x-forwarded-for'], trustsAll);
}

function signatureOf(
  { method, url, clientAddress, requestId }: Hop,
  seconds: number,
  secret: string,
): Buffer {
  return createHmac('sha256', secret)
    .update(`${SCHEME}\n${seconds}\n${method}\n${url}\n${clientAddress}\n${requestId}`)
    .digest();
}
