import { once } from 'node:events';
import { connect } from 'node:net';
import { ownPublicKeys } from '@cnop/common/auth/public-keys';
import { createSigningKey, importSigningKeys } from '@cnop/common/auth/signing-keys';
import { createTokenIssuer } from '@cnop/common/auth/token-issuer';
import { createTokenVerifier } from '@cnop/common/auth/token-verifier';
import type { Clock } from '@cnop/common/core/clock';
import { systemClock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import type { UserRole } from '@cnop/common/entities/user/user';
import { createDrain, SERVER_OPTIONS } from '@cnop/common/http/http-server';
import { createLogger } from '@cnop/common/process/logger';
import { registerErrorHandlers } from '@cnop/exception/http/error-handler';
import { aUsername } from '@cnop/testing/builders/brands';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import type { GatewayOptions } from '../src/app.ts';
import { buildGateway } from '../src/app.ts';
import { createHttpUpstream } from '../src/upstreams/http-upstream.ts';
import { createInProcessUpstream } from '../src/upstreams/in-process-upstream.ts';
import type { Upstream, UpstreamName } from '../src/upstreams/upstream.ts';
import { UPSTREAM_NAMES } from '../src/upstreams/upstream.ts';

const TOKENS = { issuer: 'test', audience: 'test-api' };

/** Both ways to run services behind the gateway. */
export const SHAPES = ['in process', 'over HTTP'] as const;
export type Shape = (typeof SHAPES)[number];

/** A request as a service received it. */
export interface Call {
  readonly service: UpstreamName;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface TestGateway {
  readonly app: FastifyInstance;
  readonly port: number;
  /** The requests that reached the services, in order. */
  readonly calls: Call[];
  readonly drain: GatewayOptions['drain'];
  signIn(username: string, role?: UserRole): Promise<{ readonly authorization: string }>;
  close(): Promise<void>;
}

export interface TestGatewayOptions extends Partial<Omit<GatewayOptions, 'upstreams'>> {
  readonly shape?: Shape;
  /** Upstreams in place of the echo services. */
  readonly upstreams?: Partial<Record<UpstreamName, Upstream>>;
}

type HttpUpstreamOptions = Parameters<typeof createHttpUpstream>[0];

/** Opens the upstream of a service over HTTP, with intervals for tests and without a log. */
export function openUpstream(
  sources: readonly URL[],
  options: Partial<Omit<HttpUpstreamOptions, 'sources'>> = {},
): Upstream {
  return createHttpUpstream({
    sources,
    log: { info: () => undefined, warn: () => undefined },
    probeIntervalMilliseconds: 1_000,
    discoveryIntervalMilliseconds: 50,
    ...options,
  });
}

/** Starts a listening gateway in front of three echo services. */
export async function openGateway({
  shape = 'in process',
  upstreams = {},
  ...options
}: TestGatewayOptions = {}): Promise<TestGateway> {
  const clock: Clock = options.clock ?? systemClock;
  const keys = await importSigningKeys({ keys: [await createSigningKey(clock.now())] });
  const tokens = createTokenIssuer({ keys, settings: TOKENS, clock, ids: systemIds });
  const drain = options.drain ?? createDrain();
  const calls: Call[] = [];
  const services: FastifyInstance[] = [];

  async function createEcho(name: UpstreamName): Promise<Upstream> {
    const service = buildEchoService(name, calls);
    services.push(service);
    if (shape === 'in process') return createInProcessUpstream(service);
    return openUpstream([await listen(service)]);
  }

  const built = await Promise.all(
    UPSTREAM_NAMES.map(async (name) => [name, upstreams[name] ?? (await createEcho(name))] as const),
  );
  const app = await buildGateway({
    version: '0.0.0-test',
    logger: createLogger({ level: 'silent' }),
    verifier: createTokenVerifier({ keys: ownPublicKeys(keys), settings: TOKENS, clock }),
    limits: { auth: 0, orders: 0, reads: 0 },
    corsOrigins: [],
    trustedProxies: [],
    isProduction: false,
    playMoney: { freeDeposits: true, demoAccounts: true },
    ...options,
    clock,
    drain,
    upstreams: Object.fromEntries(built) as Record<UpstreamName, Upstream>,
  });
  const { port } = await listen(app);

  return {
    app,
    port: Number(port),
    calls,
    drain,
    async signIn(username, role = 'customer') {
      const { token } = await tokens.issueAccess({
        username: aUsername(username),
        role,
        sessionId: systemIds.next(),
      });
      return { authorization: `Bearer ${token}` };
    },
    async close() {
      app.server.closeAllConnections();
      await app.close();
      await Promise.all(services.map((service) => service.close()));
    },
  };
}

export async function listen(app: FastifyInstance): Promise<URL> {
  return new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
}

/** Builds a service that returns each request as it received it; bodies have the limit of every service. */
export function buildEchoService(service: UpstreamName, calls: Call[]): FastifyInstance {
  const app = Fastify({ ...SERVER_OPTIONS, logger: false });
  registerErrorHandlers(app, () => new Date());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.get('/health/ready', () => ({ status: 'healthy' }));
  app.all('/*', (request, reply) => {
    const call = {
      service,
      method: request.method,
      url: request.url,
      headers: request.headers,
      rawHeaders: request.raw.rawHeaders,
      body: typeof request.body === 'string' ? request.body : '',
    };
    calls.push(call);
    return reply.send(call);
  });
  return app;
}

export interface RawResponse {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends raw bytes, which no HTTP client would send, and reads until the server closes. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<RawResponse> {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    // A reset after the response is no failure.
    socket.once('error', () => socket.destroy());
  });
  socket.write(bytes);
  await closed;
  const [head, body] = splitOnce(Buffer.concat(chunks).toString('latin1'), '\r\n\r\n');
  return { status: Number(head.split(' ')[1] ?? 0), head: head.toLowerCase(), body };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
