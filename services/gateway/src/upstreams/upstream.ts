import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FailureReason, StateName } from './instance-state.ts';

export const UPSTREAM_NAMES = ['user', 'order', 'inventory'] as const;
export type UpstreamName = (typeof UPSTREAM_NAMES)[number];

/** The class of a timeout, to which each upstream assigns milliseconds. A stream has no deadline once it has started. */
export type TimeoutClass = 'read' | 'write' | 'password' | 'stream';

/** The target of a forwarded request. */
export interface ForwardTarget {
  /** Path and query at the service; the path is rebuilt from validated parameters. */
  readonly url: string;
  /** All headers for the service (`forwardableHeaders`), to which an upstream may add its own. */
  readonly headers: Record<string, string>;
  /** The client's address as the gateway sees it. */
  readonly clientAddress: string;
  readonly timeout: TimeoutClass;
}

/** A request that the gateway makes itself. */
export interface ServiceCall extends ForwardTarget {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body: Buffer | undefined;
}

export interface ServiceResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly body: string;
}

/**
 * Why a request was sent again: one that no service received (`unreachable`, `unsent`), one that may be repeated, or a read
 * whose response took long to start (`slow`).
 */
export const RETRY_REASONS = [
  'unreachable',
  'unsent',
  'broken',
  'bad_gateway',
  'unavailable',
  'slow',
] as const;
export type RetryReason = (typeof RETRY_REASONS)[number];

/** An instance as operators see it. */
export interface InstanceReport {
  /** Such as `http://10.0.0.1:8002`. */
  readonly origin: string;
  readonly state: StateName;
  readonly requestsInFlight: number;
  readonly openStreams: number;
}

/** The instances of a service, and what its upstream has counted since the start of the process. */
export interface RoutingReport {
  readonly instances: readonly InstanceReport[];
  readonly ejections: Readonly<Record<FailureReason, number>>;
  readonly retries: Readonly<Record<RetryReason, number>>;
  /** Retries that the retry budget refused. */
  readonly refusedRetries: number;
  /** Failed reads of a source of instances. */
  readonly discoveryFailures: number;
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
  /** Describes the instances and the routing to them; undefined in one process. */
  report(): RoutingReport | undefined;
  close(): Promise<void>;
}

export type Upstreams = Readonly<Record<UpstreamName, Upstream>>;
