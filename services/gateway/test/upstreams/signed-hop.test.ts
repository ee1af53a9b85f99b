import { createHopSigner, HOP_HEADER, readSignedHops } from '@cnop/common/auth/gateway-hop';
import { systemClock } from '@cnop/common/core/clock';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TestGateway } from '../harness.ts';
import { listen, openGateway, openUpstream } from '../harness.ts';

const SECRET = 'the secret of the gateway and the services';
const CLIENT = '203.0.113.9';

let service: FastifyInstance;
let serviceUrl: URL;
let gateway: TestGateway;
let seen: string[];

beforeEach(async () => {
  seen = [];
  const read = readSignedHops({
    secrets: [SECRET],
    clock: systemClock,
    onRefusal: (refusal) => seen.push(refusal),
  });
  service = Fastify();
  service.removeAllContentTypeParsers();
  service.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  service.get('/health/ready', () => ({}));
  service.all('/*', ({ raw }, reply) => {
    seen.push(`${raw.method} ${raw.url} ${read(raw)}`);
    return reply.send({});
  });
  serviceUrl = await listen(service);
  const signHop = createHopSigner(SECRET, systemClock);
  const user = openUpstream([serviceUrl], { signHop });
  gateway = await openGateway({ shape: 'over HTTP', trustedProxies: ['127.0.0.1'], upstreams: { user } });
});
afterEach(async () => {
  await gateway.close();
  await service.close();
});

const send = async (method: string, path: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${gateway.port}/api/v1${path}`, {
    method,
    headers: { ...(await gateway.signIn('alice')), 'x-forwarded-for': CLIENT, ...headers },
  });

it('signs the client address of every forwarded request', async () => {
  await send('GET', '/balance/transactions?limit=2&start_date=2026-01-01');
  await send('HEAD', '/balance');
  await send('POST', '/balance/deposit');
  await send('GET', '/stream');
  expect(seen).toEqual([
    `GET /balance/transactions?limit=2&start_date=2026-01-01 ${CLIENT}`,
    `HEAD /balance ${CLIENT}`,
    `POST /balance/deposit ${CLIENT}`,
    `GET /stream ${CLIENT}`,
  ]);
});

it('signs the client address of a request that the gateway makes itself', async () => {
  const page = { 'x-session-mode': 'cookie', origin: `http://127.0.0.1:${gateway.port}` };
  await send('POST', '/auth/logout', page);
  expect(seen).toEqual([`POST /auth/logout ${CLIENT}`]);
});

it('does not forward a signature of the client', async () => {
  const stolen = createHopSigner(
    SECRET,
    systemClock,
  )({
    method: 'GET',
    url: '/balance',
    clientAddress: '6.6.6.6',
    requestId: 'mine',
  });
  await send('GET', '/balance', { [HOP_HEADER]: stolen, 'x-request-id': 'mine' });
  expect(seen).toEqual([`GET /balance ${CLIENT}`]);
});

it('is missing on a direct call, whose claimed address the service ignores', async () => {
  await fetch(new URL('/balance', serviceUrl), { headers: { 'x-forwarded-for': CLIENT } });
  expect(seen).toEqual(['GET /balance 127.0.0.1']);
});
