import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { freePort, listenOnAnyPort } from '@cnop/testing/system/free-port';
import { sendRaw } from '@cnop/testing/system/raw-request';
import { afterEach, expect, it } from 'vitest';
import { startBalancer } from '../../src/cluster/balancer.ts';

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** Starts a server that answers its name and is ready as long as `isReady`. */
async function startGateway(name: string, respond?: RequestListener) {
  const state = { isReady: true, hangs: false, checks: 0 };
  const server = createServer((request, response) => {
    if (request.url === '/health/ready') state.checks += 1;
    if (request.url === '/health/ready' && state.hangs) return;
    if (request.url === '/health/ready') response.writeHead(state.isReady ? 200 : 503).end();
    else if (respond) respond(request, response);
    else response.end(name);
  });
  const origin = await listenOnAnyPort(server);
  cleanup.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  return { state, server, origin };
}

async function startBefore(...origins: string[]) {
  const balancer = await startBalancer(0);
  cleanup.defer(() => balancer.close());
  balancer.setTargets(origins);
  return async () => {
    const { status, text } = await sendRaw(balancer.url, { method: 'GET', path: '/' });
    return status === 200 ? text : status;
  };
}

it('moves on to the next gateway when one refuses the connection', async () => {
  const gateway = await startGateway('one');
  const ask = await startBefore(`http://127.0.0.1:${await freePort()}`, gateway.origin);
  for (let i = 0; i < 5; i++) expect(await ask()).toBe('one');
});

it('leaves a gateway out while it is not ready', async () => {
  const [one, other] = [await startGateway('one'), await startGateway('other')];
  const ask = await startBefore(one.origin, other.origin);
  expect(await ask()).toBe('one');
  one.state.isReady = false;
  await expect.poll(ask).toBe('other');
  one.state.isReady = true;
  await expect.poll(ask).toBe('one');
});

it('answers 503 with a time to retry when no gateway can be reached, and tries those that are not ready', async () => {
  const nowhere = await startBefore(`http://127.0.0.1:${await freePort()}`);
  expect(await nowhere()).toBe(503);
  const gateway = await startGateway('one');
  gateway.state.isReady = false;
  const ask = await startBefore(gateway.origin);
  expect(await ask()).toBe('one');
});

it('cuts the connections of a gateway that does not answer at all', async () => {
  const hung = await startGateway('hung', () => undefined);
  const ask = await startBefore(hung.origin);
  const cut = ask().catch((error: unknown) => error);
  await once(hung.server, 'request');
  hung.state.hangs = true;
  expect(await cut).toMatchObject({ code: 'ECONNRESET' });
});

it('lets a gateway that accepts no more connections complete its requests', async () => {
  let complete = (): void => undefined;
  const closing = await startGateway('closing', (_request, response) => {
    complete = () => response.end('completed');
  });
  const other = await startGateway('other');
  const ask = await startBefore(closing.origin, other.origin);
  const inFlight = ask();
  await once(closing.server, 'request');
  closing.server.close();
  closing.server.closeIdleConnections();
  const { checks } = other.state;
  // Meanwhile several checks of the closing one are refused.
  await expect.poll(() => other.state.checks, { timeout: 20_000 }).toBeGreaterThan(checks + 3);
  expect(await ask()).toBe('other');
  complete();
  expect(await inFlight).toBe('completed');
});
