import type { IncomingMessage, ServerResponse } from 'node:http';
import { forwardableHeaders } from '@cnop/common/auth/gateway-identity';
import { OPENAPI_PATH } from '@cnop/common/http/openapi';
import type { ServiceAnswer, ServiceCall, Upstream } from './upstream.ts';

interface InjectedRequest {
  readonly method: ServiceCall['method'];
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload?: Buffer;
  readonly remoteAddress: string;
}

interface InjectedAnswer {
  readonly statusCode: number;
  readonly headers: ServiceAnswer['headers'];
  readonly body: string;
  json(): unknown;
}

/** The part of a Fastify app that the gateway needs, whatever its type provider. */
export interface RoutableApp {
  readonly routing: (request: IncomingMessage, response: ServerResponse) => void;
  readonly ready: () => PromiseLike<unknown>;
  readonly inject: (request: string | InjectedRequest) => Promise<InjectedAnswer>;
}

declare module 'node:http' {
  interface IncomingMessage {
    /** What the client asked for, where `url` was rewritten. Fastify has it as `request.originalUrl`. */
    originalUrl?: string | undefined;
  }
}

/** They describe the message itself, which stays the same one; Node has checked them. */
const FRAMING_HEADERS = ['content-length', 'transfer-encoding'] as const;

/**
 * A service in this process. It gets the client's own request, stripped to what a service may see, and writes the
 * answer itself: nothing is copied, parsed or serialized twice.
 *
 * There is no timeout and no breaker: a service that hangs here hangs the gateway too.
 */
export function createInProcessUpstream(app: RoutableApp): Upstream {
  async function read(path: string): Promise<unknown> {
    const answer = await app.inject(path);
    if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}`);
    return answer.json();
  }

  return {
    bodyIsReadBy: 'service',
    start: async () => {
      await app.ready();
    },
    forward(request, reply, { url, clientAddress }) {
      reply.hijack();
      addressToService(request.raw, url, { requestId: request.id, clientAddress });
      app.routing(request.raw, reply.raw);
      return undefined;
    },
    async call({ method, url, headers, body, clientAddress }) {
      const answer = await app.inject({
        method,
        url,
        headers: { ...headers },
        ...(body && { payload: body }),
        remoteAddress: clientAddress,
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    },
    readDocument: () => read(OPENAPI_PATH),
    checkReady: async () => {
      await read('/health/ready');
    },
    close: () => Promise.resolve(),
  };
}

function addressToService(
  raw: IncomingMessage,
  url: string,
  context: { readonly requestId: string; readonly clientAddress: string },
): void {
  const given = raw.headers;
  const headers = forwardableHeaders(given, context);
  for (const name of FRAMING_HEADERS) {
    const value = given[name];
    if (value !== undefined) headers[name] = value;
  }
  // Everything else that Node offers is derived from these.
  const rawHeaders: string[] = [];
  for (const name of Object.keys(headers)) rawHeaders.push(name, headers[name] ?? '');
  raw.originalUrl = raw.url;
  raw.url = url;
  raw.headers = headers;
  raw.rawHeaders = rawHeaders;
}
