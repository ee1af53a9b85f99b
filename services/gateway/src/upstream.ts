import type { FastifyReply, FastifyRequest } from 'fastify';

export const UPSTREAM_NAMES = ['user', 'order', 'inventory'] as const;
export type UpstreamName = (typeof UPSTREAM_NAMES)[number];

/** How long a service may take; each upstream knows the milliseconds. A stream, once begun, may last. */
export type TimeoutClass = 'read' | 'write' | 'password' | 'stream';

export interface ForwardTarget {
  /** Path and query at the service; the path is rebuilt from checked parameters. */
  readonly url: string;
  /** As the gateway sees it. */
  readonly clientAddress: string;
  readonly timeout: TimeoutClass;
}

/** A request that the gateway wrote itself. */
export interface ServiceCall extends ForwardTarget {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly body: string;
}

/** A service behind the gateway, wherever it runs. */
export interface Upstream {
  /**
   * Who reads a request's body: the gateway, which then passes it on, or the service from the very same request.
   * Either enforces the limit.
   */
  readonly bodyIsReadBy: 'gateway' | 'service';
  /** Called once, before the first request. */
  start(): Promise<void>;
  /**
   * Has the service answer a request. Headers that were set on `reply.raw` are part of the answer.
   * @throws ProblemError when the service gave no answer
   */
  forward(request: FastifyRequest, reply: FastifyReply, target: ForwardTarget): Promise<unknown> | undefined;
  /**
   * Has the service answer to the gateway, for the few routes where request or answer change on their way.
   * @throws ProblemError when the service gave no answer
   */
  call(call: ServiceCall): Promise<ServiceAnswer>;
  /** The OpenAPI document of the service. */
  readDocument(): Promise<unknown>;
  /** Resolves when the service takes requests. */
  checkReady(): Promise<void>;
  close(): Promise<void>;
}

export type Upstreams = Readonly<Record<UpstreamName, Upstream>>;
