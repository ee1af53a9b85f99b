import { text } from 'node:stream/consumers';
import type { SignHop } from '@cnop/common/auth/gateway-hop';
import { HOP_HEADER } from '@cnop/common/auth/gateway-hop';
import type { Drain } from '@cnop/common/http/http-server';
import { createDrain, REQUEST_ID_HEADER } from '@cnop/common/http/http-server';
import { OPENAPI_PATH } from '@cnop/common/http/openapi';
import { UnavailableError } from '@cnop/exception/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createSourceReader } from './discovery.ts';
import { forwardResponse, forwardStream } from './forward-response.ts';
import type { Instance } from './instance.ts';
import { createInstance } from './instance.ts';
import type { UpstreamLog } from './instance-registry.ts';
import { createInstanceRegistry } from './instance-registry.ts';
import type { FailureReason } from './instance-state.ts';
import { stateNameOf } from './instance-state.ts';
import type { LoadBalancer } from './load-balancer.ts';
import { createLoadBalancer } from './load-balancer.ts';
import type {
  ForwardTarget,
  RoutingReport,
  ServiceCall,
  ServiceResponse,
  TimeoutClass,
  Upstream,
} from './upstream.ts';
import { ClientGoneError, createDeadline } from './upstream-failures.ts';

/** Until the response starts. A password may wait in the password queue. */
const RESPONSE_TIMEOUTS_MILLISECONDS: Readonly<Record<TimeoutClass, number>> = {
  read: 5_000,
  write: 10_000,
  password: 15_000,
  stream: 5_000,
};
/** Between two chunks of a response. */
const BODY_TIMEOUT_MILLISECONDS = 10_000;

interface HttpUpstreamOptions {
  /** Where the instances are: their origins, or names and files that list them. */
  readonly sources: readonly URL[];
  readonly log: UpstreamLog;
  /** Signs requests to prove that they forwarded through the gateway; without it they are unsigned. */
  readonly signHop?: SignHop | undefined;
  /** Ends forwarded streams when this process drains. */
  readonly drain?: Drain;
  readonly responseTimeoutsMilliseconds?: Readonly<Record<TimeoutClass, number>>;
  readonly probeIntervalMilliseconds: number;
  readonly discoveryIntervalMilliseconds: number;
  /** The servers that resolve names; those of the machine by default. */
  readonly dnsServers?: readonly string[];
}

/** Creates the upstream of a service in other processes: HTTP with keep-alive, over all instances that are fit for it. */
export function createHttpUpstream({
  sources,
  log,
  signHop,
  drain = createDrain(),
  responseTimeoutsMilliseconds = RESPONSE_TIMEOUTS_MILLISECONDS,
  probeIntervalMilliseconds,
  discoveryIntervalMilliseconds,
  dnsServers = [],
}: HttpUpstreamOptions): Upstream {
  const { registry, balancer, report } = openRouting({
    sources,
    log,
    probeIntervalMilliseconds,
    discoveryIntervalMilliseconds,
    dnsServers,
  });

  async function forward(
    request: FastifyRequest,
    reply: FastifyReply,
    target: ForwardTarget,
  ): Promise<unknown> {
    const isStream = target.timeout === 'stream';
    if (isStream && drain.isDraining) throw new UnavailableError('This process is shutting down.');
    const deadline = createDeadline(responseTimeoutsMilliseconds[target.timeout], reply.raw);
    try {
      const outgoing = {
        method: request.method,
        path: target.url,
        headers: signHeaders(target, request.method, signHop),
        body: Buffer.isBuffer(request.body) ? request.body : null,
        bodyTimeoutMilliseconds: isStream ? 0 : BODY_TIMEOUT_MILLISECONDS,
      };
      const response = await balancer.send(outgoing, isStream ? 'stream' : 'request', deadline);
      deadline.stopClock();
      if (!isStream || response.statusCode !== 200)
        return await forwardResponse(reply, response, pathOf(request.url));
      forwardStream(reply, response, drain);
      return undefined;
    } catch (error) {
      if (error instanceof ClientGoneError) return reply.hijack();
      throw error;
    }
  }

  return {
    bodyIsReadBy: 'gateway',
    start: () => registry.start(),
    forward,
    call: (call) => {
      const headers = signHeaders(call, call.method, signHop);
      return readResponse(balancer, { ...call, headers }, responseTimeoutsMilliseconds[call.timeout]);
    },
    readDocument: () =>
      Promise.any(registry.instances.map((instance) => instance.readDocument(OPENAPI_PATH))),
    checkReady: async () => {
      const answers = await Promise.all(registry.instances.map((instance) => instance.probe()));
      if (!answers.includes(true)) throw new Error('no instance is ready');
    },
    report,
    close: () => registry.close(),
  };
}

type RoutingOptions = Pick<
  HttpUpstreamOptions,
  'sources' | 'log' | 'probeIntervalMilliseconds' | 'discoveryIntervalMilliseconds'
> &
  Required<Pick<HttpUpstreamOptions, 'dnsServers'>>;

/** Creates the registry of the instances, the load balancer over them, and the report on both. */
function openRouting(options: RoutingOptions) {
  const { sources, log, probeIntervalMilliseconds } = options;
  const ejections = { unreachable: 0, broken: 0, timeout: 0, bad_gateway: 0 };
  const onEjected = (origin: URL, reason: FailureReason): void => {
    ejections[reason]++;
    log.warn({ instance: origin.origin, reason }, 'an instance is ejected');
  };
  const time = { now: () => performance.now(), random: Math.random };
  const registry = createInstanceRegistry({
    sources,
    readSource: createSourceReader(options.dnsServers),
    intervalMilliseconds: options.discoveryIntervalMilliseconds,
    createInstance: (origin) => createInstance(origin, { ...time, probeIntervalMilliseconds, onEjected }),
    log,
  });
  const balancer = createLoadBalancer({ ...time, instances: () => registry.instances });
  const report = (): RoutingReport => ({
    instances: registry.instances.map((instance) => describe(instance, time.now())),
    ejections,
    retries: balancer.retries,
    refusedRetries: balancer.refusedRetries,
    discoveryFailures: registry.discoveryFailures,
  });
  return { registry, balancer, report };
}

/** Adds the signature of the gateway to the headers of a request. */
function signHeaders(
  { headers, url, clientAddress }: ForwardTarget,
  method: string,
  signHop: SignHop | undefined,
): Record<string, string> {
  if (!signHop) return headers;
  headers[HOP_HEADER] = signHop({ method, url, clientAddress, requestId: headers[REQUEST_ID_HEADER] ?? '' });
  return headers;
}

function pathOf(url: string): string {
  const queryStart = url.indexOf('?');
  return queryStart < 0 ? url : url.slice(0, queryStart);
}

function describe({ origin, state, inFlight }: Instance, now: number): RoutingReport['instances'][number] {
  return {
    origin: origin.origin,
    state: stateNameOf(state, now),
    requestsInFlight: inFlight.request,
    openStreams: inFlight.stream,
  };
}

/**
 * Sends a request of the gateway and reads the whole response. It continues when the client disconnects, since the service
 * finishes a started renewal of a session as well.
 * @param timeoutMilliseconds for the whole response
 * @throws UnavailableError (503) when no instance can take the request
 * @throws UpstreamError (502 or 504) when the service does not respond
 */
async function readResponse(
  balancer: LoadBalancer,
  { method, url, headers, body }: ServiceCall,
  timeoutMilliseconds: number,
): Promise<ServiceResponse> {
  const deadline = createDeadline(timeoutMilliseconds);
  const request = { method, path: url, headers, body: body ?? null, bodyTimeoutMilliseconds: 0 };
  try {
    const response = await balancer.send(request, 'request', deadline);
    return { status: response.statusCode, headers: response.headers, body: await text(response.body) };
  } finally {
    deadline.stopClock();
  }
}
