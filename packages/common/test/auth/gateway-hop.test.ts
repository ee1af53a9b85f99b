import type { IncomingMessage } from 'node:http';
import type { Hop, HopRefusal } from '@cnop/common/auth/gateway-hop';
import { createHopSigner, HOP_HEADER, readOwnGateway, readSignedHops } from '@cnop/common/auth/gateway-hop';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { beforeEach, expect, it } from 'vitest';

const SECRET = 'the secret of the gateway and the services';
const OLD_SECRET = 'the secret that was replaced yesterday....';
const PEER = '10.0.0.9';
const HOP: Hop = {
  method: 'POST',
  url: '/auth/login?a=1',
  clientAddress: '203.0.113.7',
  requestId: 'request-1',
};

let clock: ReturnType<typeof createFakeClock>;
let refusals: HopRefusal[];

beforeEach(() => {
  clock = createFakeClock();
  refusals = [];
});

/** Builds a request as a service receives it. */
function received(hop: Hop, signature: string | undefined): IncomingMessage {
  const { method, url, clientAddress, requestId } = hop;
  const headers = {
    'x-forwarded-for': clientAddress,
    'x-request-id': requestId,
    ...(signature !== undefined && { [HOP_HEADER]: signature }),
  };
  return { method, url, headers, socket: { remoteAddress: PEER } } as unknown as IncomingMessage;
}

const read = (request: IncomingMessage, secrets: readonly string[] = [SECRET]): string =>
  readSignedHops({ secrets, clock, onRefusal: (refusal) => refusals.push(refusal) })(request);
const sign = (hop: Hop, secret = SECRET): string => createHopSigner(secret, clock)(hop);

it('trusts the client address of a signed hop', () => {
  expect(read(received(HOP, sign(HOP)))).toBe('203.0.113.7');
  expect(refusals).toEqual([]);
});

it('uses the peer as the client without a signature, and reports no refusal', () => {
  expect(read(received(HOP, undefined))).toBe(PEER);
  expect(refusals).toEqual([]);
});

it.each<[string, Partial<Hop>]>([
  ['another client address', { clientAddress: '203.0.113.8' }],
  ['another path', { url: '/auth/register?a=1' }],
  ['another query', { url: '/auth/login?a=2' }],
  ['another method', { method: 'PUT' }],
  ['another request id', { requestId: 'request-2' }],
])('refuses a signature for %s', (_name, changed) => {
  expect(read(received({ ...HOP, ...changed }, sign(HOP)))).toBe(PEER);
  expect(refusals).toEqual(['wrong signature']);
});

it.each([
  '',
  'v1',
  'v1.1.x',
  'v2.1767225600.AAAA',
  `v1.${'9'.repeat(400)}.${'A'.repeat(43)}`,
  `v1.0.${'A'.repeat(43)}`,
])('refuses the signature %j', (signature) => {
  expect(read(received(HOP, signature))).toBe(PEER);
  expect(refusals).toEqual(['wrong signature']);
});

it('refuses a signature with another secret', () => {
  expect(read(received(HOP, sign(HOP, OLD_SECRET)))).toBe(PEER);
  expect(refusals).toEqual(['wrong signature']);
});

it('accepts the old and the new secret during a rotation', () => {
  const secrets = [SECRET, OLD_SECRET];
  expect(read(received(HOP, sign(HOP, OLD_SECRET)), secrets)).toBe('203.0.113.7');
  expect(read(received(HOP, sign(HOP, SECRET)), secrets)).toBe('203.0.113.7');
});

it('accepts clocks that differ by five minutes, and refuses older hops', () => {
  const signature = sign(HOP);
  clock.advanceMilliseconds(300_000);
  expect(read(received(HOP, signature))).toBe('203.0.113.7');
  clock.advanceMilliseconds(1_000);
  expect(read(received(HOP, signature))).toBe(PEER);
  expect(refusals).toEqual(['clocks differ']);
});

it('trusts the gateway of its own process without a signature', () => {
  expect(readOwnGateway()(received(HOP, undefined))).toBe('203.0.113.7');
});
