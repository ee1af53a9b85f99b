import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { RoutingReport, Upstream } from '../../src/upstreams/upstream.ts';
import type { TestGateway } from '../harness.ts';
import { openGateway, openUpstream } from '../harness.ts';

/** Long enough for a busy machine. */
const LONG_TIMEOUT_MILLISECONDS = 10_000;
/** The timeout of tests whose service does not answer, with room for requests that it does answer. */
export const SHORT_TIMEOUT_MILLISECONDS = 500;
/** Longer than any test, so that an instance is probed at the start and when it is suspected. */
const NO_MORE_PROBES_MILLISECONDS = 600_000;
export const FAILURES_TO_EJECT = 5;

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export const answerWith =
  (status: number, body = '{}', headers: Record<string, string> = {}): Behaviour =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
/** The answer of an instance that is busy or not ready. */
export const unavailable = answerWith(503, '{"code":"SVC_001"}', {
  'content-type': 'application/problem+json',
  'retry-after': '1',
});
export const hangUp: Behaviour = (request) => request.socket.destroy();
export const neverAnswer: Behaviour = () => undefined;

/** An instance that fails on request. */
class Misbehaving {
  readonly seen: string[] = [];
  behaviour: Behaviour = answerWith(200);
  /** What it answers to a probe. */
  readiness: Behaviour = answerWith(200);
  readonly server: Server = createServer((request, response) => {
    if (request.url === '/health/ready') return this.readiness(request, response);
    this.seen.push(`${request.method} ${request.url}`);
    return this.behaviour(request, response);
  });

  /** @param port a former one, or 0 for any */
  async listen(port = 0): Promise<URL> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return new URL(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

/** The instances of a service, the timeout of their responses, and how often they are probed. */
interface MisbehavingOptions {
  readonly instances?: number;
  readonly timeoutMilliseconds?: number;
  readonly probeIntervalMilliseconds?: number;
}

/** A gateway before a service that a test lets fail. */
interface GatewayUnderTest {
  readonly gateway: TestGateway;
  readonly upstream: Upstream;
  readonly services: readonly Misbehaving[];
  readonly origins: readonly URL[];
  readonly authorization: string;
  send(method: string, path: string, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

/** Opens a gateway and the instances of the service behind it, all of them ready. */
async function openBeforeMisbehaving({
  instances = 1,
  timeoutMilliseconds = LONG_TIMEOUT_MILLISECONDS,
  probeIntervalMilliseconds = NO_MORE_PROBES_MILLISECONDS,
}: MisbehavingOptions = {}): Promise<GatewayUnderTest> {
  const services = Array.from({ length: instances }, () => new Misbehaving());
  const origins = await Promise.all(services.map((service) => service.listen()));
  const upstream = openUpstream(origins, {
    probeIntervalMilliseconds,
    responseTimeoutsMilliseconds: {
      read: timeoutMilliseconds,
      write: timeoutMilliseconds,
      password: timeoutMilliseconds,
      stream: timeoutMilliseconds,
    },
  });
  const gateway = await openGateway({ shape: 'over HTTP', upstreams: { user: upstream } });
  await vi.waitFor(() => expect(statesOf(upstream)).toEqual(origins.map(() => 'ready')));
  const { authorization } = await gateway.signIn('alice');
  return {
    gateway,
    upstream,
    services,
    origins,
    authorization,
    send: (method, path, headers) =>
      fetch(`http://127.0.0.1:${gateway.port}/api/v1${path}`, {
        method,
        headers: { authorization, ...headers },
      }),
    async close() {
      await gateway.close();
      await Promise.all(services.map((service) => service.close()));
    },
  };
}

/** Returns the states of the instances, in their order. */
export function statesOf(upstream: Upstream): string[] {
  return upstream.report()!.instances.map(({ state }) => state);
}

/** Opens a gateway before one service for each test of a block, and closes it afterwards. */
export function useMisbehavingService() {
  let under: GatewayUnderTest;
  beforeEach(async () => {
    under = await openBeforeMisbehaving();
  });
  afterEach(() => under.close());

  return {
    /** Opens another gateway in place of the current one. */
    async open(options: MisbehavingOptions): Promise<void> {
      await under.close();
      under = await openBeforeMisbehaving(options);
    },
    current: () => under,
    theService: () => under.services[0]!,
    report: (): RoutingReport => under.upstream.report()!,
    read: () => under.send('GET', '/balance'),
    write: () => under.send('POST', '/balance/deposit'),
    writeWithKey: () => under.send('POST', '/balance/deposit', { 'idempotency-key': 'a-key-of-the-client' }),
  };
}

/** Sends requests one after the other and returns the statuses of their responses. */
export async function statusesOf(times: number, request: () => Promise<Response>): Promise<number[]> {
  const statuses: number[] = [];
  for (let time = 0; time < times; time++) statuses.push((await request()).status);
  return statuses;
}
