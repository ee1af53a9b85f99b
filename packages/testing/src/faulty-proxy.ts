import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { listenOnAnyPort } from './system/free-port.ts';

/** A request of the SDK to the server. */
export interface ProxiedRequest {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Forwards the request and returns the response. May be called more than once. */
  forward(): Promise<ProxiedAnswer>;
}

/** A response of the server, or one that is made up. */
export interface ProxiedAnswer {
  readonly status: number;
  readonly body: string;
}

/** The response for the client: an answer, a broken connection, or silence. */
export type Fate = ProxiedAnswer | 'broken' | 'silence';

/** A proxy in front of a server with the protocol of DynamoDB. */
export interface FaultyProxy {
  readonly endpoint: string;
  /** All requests so far, unless they are forgotten. */
  readonly seen: ProxiedRequest[];
  /** Sets the handler of later requests; by default they are forwarded. */
  decideFate(fate: ((request: ProxiedRequest) => Promise<Fate>) | undefined): void;
  close(): Promise<void>;
}

/**
 * Starts a proxy that simulates faults of the network between a client and a real server.
 * @param options `forgets` keeps no request, for a proxy that runs for long
 */
export async function startFaultyProxy(
  target: string,
  { forgets = false }: { readonly forgets?: boolean } = {},
): Promise<FaultyProxy> {
  let fateOf: ((request: ProxiedRequest) => Promise<Fate>) | undefined;
  const seen: ProxiedRequest[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const proxied = await toProxied(request, target);
    if (!forgets) seen.push(proxied);
    const fate = await (fateOf ? fateOf(proxied) : proxied.forward());
    if (fate === 'silence') return;
    if (fate === 'broken') response.destroy();
    else response.writeHead(fate.status, { 'content-type': 'application/x-amz-json-1.0' }).end(fate.body);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const endpoint = await listenOnAnyPort(server);
  return {
    endpoint,
    seen,
    decideFate(fate) {
      fateOf = fate;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Returns an error response of DynamoDB. */
export function errorAnswer(name: string, more: object = {}): ProxiedAnswer {
  const body = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name, ...more };
  return { status: 400, body: JSON.stringify(body) };
}

/** Returns the response of AWS for a transaction in conflict. */
export function transactionConflict(items: number): ProxiedAnswer {
  const reasons = Array.from({ length: items }, (_, position) => ({
    Code: position === 0 ? 'TransactionConflict' : 'None',
  }));
  return errorAnswer('TransactionCanceledException', { CancellationReasons: reasons });
}

async function toProxied(request: IncomingMessage, target: string): Promise<ProxiedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => name.startsWith('x-amz') || name === 'authorization'),
  ) as Record<string, string>;
  return {
    operation: headers['x-amz-target']?.split('.').at(-1) ?? '',
    get body() {
      return JSON.parse(text) as Record<string, unknown>;
    },
    async forward() {
      const contentType = 'application/x-amz-json-1.0';
      const answer = await fetch(target, {
        method: 'POST',
        headers: { ...headers, 'content-type': contentType },
        body: text,
      });
      return { status: answer.status, body: await answer.text() };
    },
  };
}
