import type { IncomingMessage, ServerResponse } from 'node:http';
import { OPENAPI_PATH } from '@cnop/common/http/openapi';
import type { ForwardTarget, ServiceCall, ServiceResponse, Upstream } from './upstream.ts';

interface InjectedRequest {
  readonly method: ServiceCall['method'];
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload?: Buffer;
  readonly remoteAddress: string;
}

interface InjectedResponse {
  readonly statusCode: number;
  readonly headers: ServiceResponse['headers'];
  readonly body: string;
  json(): unknown;
}

/** The part of a Fastify app that the gateway needs, for any type provider. */
export interface RoutableApp {
  readonly routing: (request: IncomingMessage, response: ServerResponse) => void;
  readonly ready: () => PromiseLike<unknown>;
  readonly inject: (request: string | InjectedRequest) => Promise<InjectedResponse>;
}

declare module 'node:http' {
  interface IncomingMessage {
    /** The client's URL, set when `url` was rewritten. Fastify returns it as `request.originalUrl`. */
    originalUrl?: string | undefined;
  }
}

/** Headers that frame the body, which is not copied; Node has validated them. */
const FRAMING_HEADERS = ['content-length', 'transfer-encoding'] as const;

/**
 * Creates the upstream of a service in this process. The service gets the client's own request with only the forwardable
 * headers, and writes the response itself: nothing is copied, parsed or serialized twice.
 *
 * There is no timeout and no circuit breaker, since a service that hangs here hangs the gateway too.
 */
export function createInProcessUpstream(app: RoutableApp): Upstream {
  async function read(path: string): Promise<unknown> {
    const response = await app.inject(path);
    if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}`);
    return response.json();
  }

  return {
    bodyIsReadBy: 'service',
    start: async () => {
      await app.ready();
    },
    forward(request, reply, target) {
      reply.hijack();
      addressToService(request.raw, target);
      app.routing(request.raw, reply.raw);
      return undefined;
    },
    async call({ method, url, headers, body, clientAddress }) {
      const response = await app.inject({
        method,
        url,
        headers: { ...headers },
        ...(body && { payload: body }),
        remoteAddress: clientAddress,
      });
      return { status: response.statusCode, headers: response.headers, body: response.body };
    },
    readDocument: () => read(OPENAPI_PATH),
    checkReady: async () => {
      await read('/health/ready');
    },
    report: () => undefined,
    close: () => Promise.resolve(),
  };
}

function addressToService(raw: IncomingMessage, { url, headers }: ForwardTarget): void {
  const given = raw.headers;
  for (const name of FRAMING_HEADERS) {
    const value = given[name];
    if (value !== undefined) headers[name] = value;
  }
  // Node derives all other views of the headers from these.
  const rawHeaders: string[] = [];
  for (const name of Object.keys(headers)) rawHeaders.push(name, headers[name] ?? '');
  raw.originalUrl = raw.url;
  raw.url = url;
  raw.headers = headers;
  raw.rawHeaders = rawHeaders;
}
