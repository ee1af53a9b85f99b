import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach } from 'vitest';
import { createHttpUpstream } from '../../src/upstreams/http-upstream.ts';
import type { TestGateway } from '../harness.ts';
import { openGateway } from '../harness.ts';

/** Long enough for a busy machine. */
const LONG_TIMEOUT_MILLISECONDS = 10_000;
/** The timeout of tests whose service does not answer, with room for requests that it does answer. */
export const SHORT_TIMEOUT_MILLISECONDS = 500;
export const HALF_OPEN_AFTER_MILLISECONDS = 1_000;
export const FAILURES_TO_OPEN = 5;

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export const answerWith =
  (status: number, body = '{}', headers: Record<string, string> = {}): Behaviour =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
export const hangUp: Behaviour = (request) => request.socket.destroy();
export const neverAnswer: Behaviour = () => undefined;

/** A service that fails on request. */
class Misbehaving {
  readonly seen: string[] = [];
  behaviour: Behaviour = answerWith(200);
  readonly server: Server = createServer((request, response) => {
    this.seen.push(`${request.method} ${request.url}`);
    this.behaviour(request, response);
  });

  async listen(): Promise<URL> {
    this.server.listen(0, '127.0.0.1');
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

/** The instances of a service and the timeout of their responses. */
interface MisbehavingOptions {
  readonly instances?: number;
  readonly timeoutMilliseconds?: number;
}

/** A gateway before a service that a test lets fail. */
interface GatewayUnderTest {
  readonly gateway: TestGateway;
  readonly services: readonly Misbehaving[];
  readonly authorization: string;
  read(): Promise<Response>;
  write(): Promise<Response>;
  close(): Promise<void>;
}

/** Opens a gateway and the instances of the service behind it. */
async function openBeforeMisbehaving({
  instances = 1,
  timeoutMilliseconds = LONG_TIMEOUT_MILLISECONDS,
}: MisbehavingOptions = {}): Promise<GatewayUnderTest> {
  const services = Array.from({ length: instances }, () => new Misbehaving());
  const origins = await Promise.all(services.map((service) => service.listen()));
  const gateway = await openGateway({
    shape: 'over HTTP',
    upstreams: {
      user: createHttpUpstream({
        origins,
        responseTimeoutsMilliseconds: {
          read: timeoutMilliseconds,
          write: timeoutMilliseconds,
          password: timeoutMilliseconds,
          stream: timeoutMilliseconds,
        },
        halfOpenAfterMilliseconds: HALF_OPEN_AFTER_MILLISECONDS,
      }),
    },
  });
  const { authorization } = await gateway.signIn('alice');
  const send = (method: 'GET' | 'POST', path: string) =>
    fetch(`http://127.0.0.1:${gateway.port}/api/v1${path}`, { method, headers: { authorization } });
  return {
    gateway,
    services,
    authorization,
    read: () => send('GET', '/balance'),
    write: () => send('POST', '/balance/deposit'),
    async close() {
      await gateway.close();
      await Promise.all(services.map((service) => service.close()));
    },
  };
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
    read: () => under.read(),
    write: () => under.write(),
  };
}

/** Sends requests one after the other and returns the statuses of their responses. */
export async function statusesOf(times: number, request: () => Promise<Response>): Promise<number[]> {
  const statuses: number[] = [];
  for (let time = 0; time < times; time++) statuses.push((await request()).status);
  return statuses;
}
