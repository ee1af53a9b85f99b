import type { SignHop } from '@cnop/common/auth/gateway-hop';
import { HOP_HEADER } from '@cnop/common/auth/gateway-hop';
import type { Drain } from '@cnop/common/http/http-server';
import { createDrain, REQUEST_ID_HEADER } from '@cnop/common/http/http-server';
import { OPENAPI_PATH } from '@cnop/common/http/openapi';
import { UnavailableError } from '@cnop/exception/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { forwardResponse, forwardStream } from './forward-response.ts';
import type { Instance } from './instance.ts';
import { createInstance } from './instance.ts';
import type { LoadBalancer } from './load-balancer.ts';
import { createLoadBalancer } from './load-balancer.ts';
import type { ForwardTarget, ServiceCall, ServiceResponse, TimeoutClass, Upstream } from './upstream.ts';
import { ClientGoneError, createDeadline, toUpstreamFailure } from './upstream-failures.ts';

/** Until the response starts. A password may wait in the password queue. */
const RESPONSE_TIMEOUTS_MILLISECONDS: Readonly<Record<TimeoutClass, number>> = {
  read: 5_000,
  write: 10_000,
  password: 15_000,
  stream: 5_000,
};
/** Between two chunks of a response. */
const BODY_TIMEOUT_MILLISECONDS = 10_000;
const PROBE_TIMEOUT_MILLISECONDS = 2_000;
const HALF_OPEN_AFTER_MILLISECONDS = 2_000;

interface HttpUpstreamOptions {
  /** The origin of each instance, such as `http://10.0.0.1:8000`. */
  readonly origins: readonly URL[];
  /** Signs requests to prove that they forwarded through the gateway; without it they are unsigned. */
  readonly signHop?: SignHop | undefined;
  /** Ends forwarded streams when this process drains. */
  readonly drain?: Drain;
  readonly responseTimeoutsMilliseconds?: Readonly<Record<TimeoutClass, number>>;
  /** How long a circuit breaker stays open before one request probes the instance. */
  readonly halfOpenAfterMilliseconds?: number;
}

/** Creates the upstream of a service in other processes: HTTP with keep-alive, and a circuit breaker for each instance. */
export function createHttpUpstream({
  origins,
  signHop,
  drain = createDrain(),
  responseTimeoutsMilliseconds = RESPONSE_TIMEOUTS_MILLISECONDS,
  halfOpenAfterMilliseconds = HALF_OPEN_AFTER_MILLISECONDS,
}: HttpUpstreamOptions): Upstream {
  const instances = origins.map((origin) => createInstance(origin, halfOpenAfterMilliseconds));
  const balancer = createLoadBalancer({ instances, halfOpenAfterMilliseconds });

  async function forward(
    request: FastifyRequest,
    reply: FastifyReply,
    target: ForwardTarget,
  ): Promise<unknown> {
    const isStream = target.timeout === 'stream';
    if (isStream && drain.isDraining) throw new UnavailableError('This process is shutting down.');
    const deadline = createDeadline(responseTimeoutsMilliseconds[target.timeout], reply.raw);
    try {
      const response = await balancer[isStream ? 'openStream' : 'send']({
        method: request.method,
        path: target.url,
        headers: signHeaders(target, request.method, signHop),
        body: Buffer.isBuffer(request.body) ? request.body : null,
        signal: deadline.signal,
        headersTimeout: 0,
        bodyTimeout: isStream ? 0 : BODY_TIMEOUT_MILLISECONDS,
      });
      deadline.stopClock();
      if (!isStream || response.statusCode !== 200)
        return await forwardResponse(reply, response, pathOf(request.url));
      forwardStream(reply, response, drain);
      return undefined;
    } catch (error) {
      if (error instanceof ClientGoneError) return reply.hijack();
      throw toUpstreamFailure(error);
    }
  }

  return {
    bodyIsReadBy: 'gateway',
    start: () => Promise.resolve(),
    forward,
    call: (call) => {
      const headers = signHeaders(call, call.method, signHop);
      return readResponse(balancer, { ...call, headers }, responseTimeoutsMilliseconds[call.timeout]);
    },
    readDocument: () => Promise.any(instances.map((instance) => fetchJson(instance, OPENAPI_PATH))),
    checkReady: async () => {
      await Promise.any(instances.map((instance) => fetchJson(instance, '/health/ready')));
    },
    close: async () => {
      await Promise.all(instances.map((instance) => instance.close()));
    },
  };
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

async function fetchJson(instance: Instance, path: string): Promise<unknown> {
  const response = await instance.sendUnguarded({
    method: 'GET',
    path,
    headersTimeout: PROBE_TIMEOUT_MILLISECONDS,
    bodyTimeout: PROBE_TIMEOUT_MILLISECONDS,
  });
  if (response.statusCode === 200) return response.body.json();
  await response.body.dump();
  throw new Error(`${path} answered ${response.statusCode}`);
}

function pathOf(url: string): string {
  const queryStart = url.indexOf('?');
  return queryStart < 0 ? url : url.slice(0, queryStart);
}

/**
 * Sends a request of the gateway and reads the whole response. It continues when the client disconnects, since the service
 * finishes a started renewal of a session as well.
 * @param timeoutMilliseconds for the whole response
 * @throws UnavailableError (503) when the circuit breakers of all instances are open
 * @throws UpstreamError (502 or 504) when the service does not respond
 */
async function readResponse(
  balancer: LoadBalancer,
  { method, url, headers, body }: ServiceCall,
  timeoutMilliseconds: number,
): Promise<ServiceResponse> {
  const deadline = createDeadline(timeoutMilliseconds);
  try {
    const response = await balancer.send({
      method,
      path: url,
      headers,
      body: body ?? null,
      signal: deadline.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
  } catch (error) {
    throw toUpstreamFailure(error);
  } finally {
    deadline.stopClock();
  }
}
