import type { FastifyReply, FastifyRequest } from 'fastify';

export const UPSTREAM_NAMES = ['user', 'order', 'inventory'] as const;
export type UpstreamName = (typeof UPSTREAM_NAMES)[number];

/** The class of a timeout, to which each upstream assigns milliseconds. A stream has no deadline once it has started. */
export type TimeoutClass = 'read' | 'write' | 'password' | 'stream';

/** The target of a forwarded request. */
export interface ForwardTarget {
  /** Path and query at the service; the path is rebuilt from validated parameters. */
  readonly url: string;
  /** The client's address as the gateway sees it. */
  readonly clientAddress: string;
  readonly timeout: TimeoutClass;
}

/** A request that the gateway makes itself. */
export interface ServiceCall extends ForwardTarget {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

export interface ServiceResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly body: string;
}

/** A service behind the gateway, in this process or in others. */
export interface Upstream {
  /**
   * The reader of request bodies: the gateway, which forwards them, or the service, from the same request. Either enforces
   * the limit.
   */
  readonly bodyIsReadBy: 'gateway' | 'service';
  /** Called once, before the first request. */
  start(): Promise<void>;
  /**
   * Forwards a request and its response. Headers set on `reply.raw` are part of the response.
   * @throws ProblemError when the service does not respond
   */
  forward(request: FastifyRequest, reply: FastifyReply, target: ForwardTarget): Promise<unknown> | undefined;
  /**
   * Sends a request of the gateway and reads the response, for the few routes that change either.
   * @throws ProblemError when the service does not respond
   */
  call(call: ServiceCall): Promise<ServiceResponse>;
  /** Reads the OpenAPI document of the service. */
  readDocument(): Promise<unknown>;
  /** Resolves when the service is ready. */
  checkReady(): Promise<void>;
  close(): Promise<void>;
}

export type Upstreams = Readonly<Record<UpstreamName, Upstream>>;

/**
 * The only headers of a client that the gateway forwards. It does not forward:
 *
 * - headers that name the user: services trust only the token;
 * - `content-length`, `transfer-encoding`, `connection`, `host`: the gateway sends its own message;
 * - `accept-encoding`: only the gateway compresses responses to the client;
 * - `x-forwarded-*`, `forwarded`, `x-real-ip`: the gateway sets its own.
 */
export const FORWARDED_HEADERS = [
  'authorization',
  'accept',
  'content-type',
  'idempotency-key',
  'last-event-id',
  'user-agent',
] as const;

/** The facts that the gateway adds to a forwarded request. */
export interface ForwardingContext {
  readonly requestId: string;
  /** The address of the client as the gateway sees it; replaces any address that the client claims. */
  readonly clientAddress: string;
}

/**
 * Returns the headers of the gateway's request to a service. A repeated header is left out.
 * @param headers `request.headers` of Node, names in lower case
 */
export function forwardableHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  { requestId, clientAddress }: ForwardingContext,
): Record<string, string> {
  const forwarded: Record<string, string> = { 'x-request-id': requestId, 'x-forwarded-for': clientAddress };
  for (const name of FORWARDED_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') forwarded[name] = value;
  }
  return forwarded;
}
