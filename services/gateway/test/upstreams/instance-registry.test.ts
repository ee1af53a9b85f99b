import { once } from 'node:events';
import { rename, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { openEventStream } from '@cnop/testing/system/event-stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Upstream } from '../../src/upstreams/upstream.ts';
import { openGateway, openUpstream } from '../harness.ts';
import { startDnsServer } from './dns-server.ts';

const PATIENCE = { timeout: 30_000 };

let cleanup: Cleanup;
beforeEach(() => {
  cleanup = createCleanup();
});
afterEach(() => cleanup.run());

/** Starts a service on an address of this machine; all addresses of a name have the same port. */
async function startService(host: string, port = 0) {
  const held: ServerResponse[] = [];
  const requests: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/health/ready') return response.end();
    requests.push(request.url ?? '');
    if (request.url === '/stream') return response.writeHead(200).write('event: hello\ndata: {}\n\n');
    return request.url === '/portfolio' ? held.push(response) : response.end(host);
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(port, host);
  await once(server, 'listening');
  cleanup.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  const connections = promisify(server.getConnections.bind(server));
  return { port: (server.address() as AddressInfo).port, held, requests, connections };
}

/** Opens a gateway before the instances of a source. */
async function openBefore(source: string, options: Partial<Parameters<typeof openUpstream>[1]> = {}) {
  const log: string[] = [];
  const note = (_facts: object, message: string) => void log.push(message);
  const user = openUpstream([new URL(source)], { log: { info: note, warn: note }, ...options });
  const gateway = await openGateway({ shape: 'over HTTP', upstreams: { user } });
  cleanup.defer(() => gateway.close());
  const headers = await gateway.signIn('alice');
  const url = (route: string) => `http://127.0.0.1:${gateway.port}/api/v1${route}`;
  const get = (route: string) => fetch(url(route), { headers });
  return { user, log, get, openStream: () => openEventStream(url('/stream'), { headers }) };
}

const hostsOf = (upstream: Upstream) =>
  upstream
    .report()!
    .instances.filter(({ state }) => state === 'ready')
    .map(({ origin }) => new URL(origin).hostname);
const untilHosts = (upstream: Upstream, hosts: readonly string[]) =>
  vi.waitFor(() => expect(hostsOf(upstream)).toEqual(hosts), PATIENCE);

it('adds the instances that a name gains, and drains those that it loses', async () => {
  const dns = await startDnsServer();
  cleanup.defer(() => dns.close());
  const first = await startService('127.0.0.1');
  const second = await startService('127.0.0.2', first.port);
  dns.setAddresses('user.internal', ['127.0.0.1']);
  const { user, get, openStream } = await openBefore(`dns://user.internal:${first.port}`, {
    dnsServers: [dns.address],
  });
  await untilHosts(user, ['127.0.0.1']);
  const inFlight = get('/portfolio');
  const stream = await openStream();
  await vi.waitFor(() => expect(first.held).toHaveLength(1), PATIENCE);

  dns.setAddresses('user.internal', ['127.0.0.1', '127.0.0.2']);
  await untilHosts(user, ['127.0.0.1', '127.0.0.2']);
  dns.setAddresses('user.internal', ['127.0.0.2']);
  await untilHosts(user, ['127.0.0.2']);
  const served = first.requests.length;
  for (let i = 0; i < 10; i++) expect(await (await get('/balance')).text()).toBe('127.0.0.2');
  expect(first.requests).toHaveLength(served);
  expect(second.requests).toHaveLength(10);

  first.held[0]!.end('finished');
  expect(await (await inFlight).text()).toBe('finished');
  stream.cut();
  await vi.waitFor(async () => expect(await first.connections()).toBe(0), PATIENCE);
});

it('keeps the last instances while the name cannot be resolved, logs that once, and counts it', async () => {
  const dns = await startDnsServer();
  cleanup.defer(() => dns.close());
  const { port } = await startService('127.0.0.1');
  dns.setAddresses('user.internal', ['127.0.0.1']);
  const { user, log, get } = await openBefore(`dns://user.internal:${port}`, { dnsServers: [dns.address] });
  await untilHosts(user, ['127.0.0.1']);
  dns.isBroken = true;
  await vi.waitFor(() => expect(user.report()!.discoveryFailures).toBeGreaterThan(2), PATIENCE);
  expect((await get('/balance')).status).toBe(200);
  dns.isBroken = false;
  await vi.waitFor(
    () =>
      expect(log).toEqual([
        'an instance has joined',
        'the instances cannot be read',
        'the instances can be read again',
      ]),
    PATIENCE,
  );
});

it('follows a file that is replaced', async () => {
  const [first, second] = [await startService('127.0.0.1'), await startService('127.0.0.2')];
  const file = path.join(tmpdir(), `instances-${first.port}.txt`);
  cleanup.defer(() => rm(file));
  await writeFile(file, `http://127.0.0.1:${first.port}\n`);
  const { user } = await openBefore(pathToFileURL(file).href);
  await untilHosts(user, ['127.0.0.1']);
  await writeFile(`${file}.new`, `http://127.0.0.2:${second.port}\n`);
  await rename(`${file}.new`, file);
  await untilHosts(user, ['127.0.0.2']);
});

it('serves as soon as a source can be read that could not at the start', async () => {
  const dns = await startDnsServer();
  cleanup.defer(() => dns.close());
  const { port } = await startService('127.0.0.1');
  const { user, get } = await openBefore(`dns://user.internal:${port}`, { dnsServers: [dns.address] });
  const early = await get('/balance');
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1']);
  dns.setAddresses('user.internal', ['127.0.0.1']);
  await untilHosts(user, ['127.0.0.1']);
  expect((await get('/balance')).status).toBe(200);
});
