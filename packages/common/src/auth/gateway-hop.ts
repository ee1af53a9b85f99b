import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../core/clock.ts';
import { epochSeconds } from '../core/clock.ts';
import type { TrustedProxies } from './client-address.ts';
import { clientAddressOf, createTrustedProxies } from './client-address.ts';

/** Carries the gateway's proof that a request passed through it. */
export const HOP_HEADER = 'x-gateway-hop';
/** The gateway and a service may differ by this much; machines that differ more need their clocks set. */
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

/** Why a hop that claims to be signed is not believed. */
export type HopRefusal = 'wrong signature' | 'clocks differ';

/**
 * Creates the signer of the gateway: an HMAC over method, URL, client address, request id and time. It vouches for the
 * client's address, not for the body, and costs a few microseconds.
 * @see docs/adr/0035-gateway-signs-its-hop.md
 */
export function createHopSigner(secret: string, clock: Clock): SignHop {
  return (hop) => {
    const seconds = epochSeconds(clock.now());
    return `${SCHEME}.${seconds}.${signatureOf(hop, seconds, secret).toString('base64url')}`;
  };
}

export interface SignedHopOptions {
  /** Any of them is accepted, so that a secret can be replaced without a pause. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** Told of each hop that is signed, but not so that it can be believed. */
  readonly onRefusal: (refusal: HopRefusal) => void;
}

/**
 * Creates the reader for a service behind a gateway that signs its hops. A request without a good signature did not
 * come through the gateway, so the other end of its connection counts as the client, whatever it claims.
 */
export function readSignedHops({ secrets, clock, onRefusal }: SignedHopOptions): ClientAddressOf {
  const believesNone = createTrustedProxies([]);
  const believesAll: TrustedProxies = { has: () => true };

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
    const peer = (): string => clientAddressOf(socket.remoteAddress, undefined, believesNone);
    if (typeof header !== 'string' || typeof address !== 'string' || typeof requestId !== 'string')
      return peer();
    const refusal = refusalOf({ method, url, clientAddress: address, requestId }, header);
    if (refusal === undefined) return clientAddressOf(socket.remoteAddress, address, believesAll);
    onRefusal(refusal);
    return peer();
  };
}

/**
 * Creates the reader for a service without a shared secret: it believes the peers of a list, where the gateway is.
 * @param trustedPeers addresses and networks
 * @throws Error for an entry that is neither
 */
export function readTrustedPeers(trustedPeers: readonly string[]): ClientAddressOf {
  const trusted = createTrustedProxies(trustedPeers);
  return ({ headers, socket }) => clientAddressOf(socket.remoteAddress, headers['x-forwarded-for'], trusted);
}

/** Creates the reader for a service in the gateway's own process, which no one else can call. */
export function readOwnGateway(): ClientAddressOf {
  const believesAll: TrustedProxies = { has: () => true };
  return ({ headers, socket }) =>
    clientAddressOf(socket.remoteAddress, headers['x-forwarded-for'], believesAll);
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
