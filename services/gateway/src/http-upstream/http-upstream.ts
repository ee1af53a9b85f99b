import type { SignHop } from '@cnop/common/auth/gateway-hop';
import { HOP_HEADER } from '@cnop/common/auth/gateway-hop';
import { forwardableHeaders } from '@cnop/common/auth/gateway-identity';
import type { Drain } from '@cnop/common/http/drain';
import { createDrain } from '@cnop/common/http/drain';
import { OPENAPI_PATH } from '@cnop/common/http/openapi';
import { REQUEST_ID_HEADER } from '@cnop/common/http/request-context';
import { UnavailableError } from '@cnop/exception/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ForwardTarget, TimeoutClass, Upstream } from '../upstream.ts';
import { passAnswer } from './answer.ts';
import { createDeadline } from './deadline.ts';
import { createExchange } from './exchange.ts';
import type { Instance } from './instance.ts';
import { createInstance } from './instance.ts';
import { passStream } from './pass-stream.ts';
import { readAnswer } from './read-answer.ts';
import { createRetryBudget } from './retry-budget.ts';
import { ClientGoneError, toUpstreamFailure } from './upstream-failures.ts';

/** Until the answer begins. A password waits in the queue of the hasher. */
const ANSWER_TIMEOUTS_MILLISECONDS: Readonly<Record<TimeoutClass, number>> = {
  read: 5_000,
  write: 10_000,
  password: 15_000,
  stream: 5_000,
};
/** Between two parts of an answer. */
const BODY_TIMEOUT_MILLISECONDS = 10_000;
const QUESTION_TIMEOUT_MILLISECONDS = 2_000;
const HALF_OPEN_AFTER_MILLISECONDS = 2_000;

export interface HttpUpstreamOptions {
  /** One for each running instance, such as `http://10.0.0.1:8000`. */
  readonly origins: readonly URL[];
  /** Proves to the service that a request passed through this gateway; without it nothing is proved. */
  readonly signHop?: SignHop | undefined;
  /** Ends the streams that are passed on when this process is on its way out. */
  readonly drain?: Drain;
  readonly answerTimeoutsMilliseconds?: Readonly<Record<TimeoutClass, number>>;
  /** How long a breaker stays open before one request may probe the instance. */
  readonly halfOpenAfterMilliseconds?: number;
}

/** A service in processes of its own, reached over HTTP with kept connections and a breaker for each instance. */
export function createHttpUpstream({
  origins,
  signHop,
  drain = createDrain(),
  answerTimeoutsMilliseconds = ANSWER_TIMEOUTS_MILLISECONDS,
  halfOpenAfterMilliseconds = HALF_OPEN_AFTER_MILLISECONDS,
}: HttpUpstreamOptions): Upstream {
  const instances = origins.map((origin) => createInstance(origin, halfOpenAfterMilliseconds));
  const exchange = createExchange({ instances, budget: createRetryBudget(), halfOpenAfterMilliseconds });

  async function forward(
    request: FastifyRequest,
    reply: FastifyReply,
    target: ForwardTarget,
  ): Promise<unknown> {
    const isStream = target.timeout === 'stream';
    if (isStream && drain.isDraining) throw new UnavailableError('This process is shutting down.');
    const deadline = createDeadline(answerTimeoutsMilliseconds[target.timeout], reply.raw);
    const headers = forwardableHeaders(request.headers, {
      requestId: request.id,
      clientAddress: target.clientAddress,
    });
    try {
      const answer = await exchange[isStream ? 'openStream' : 'send']({
        method: request.method,
        path: target.url,
        headers: signed(headers, request.method, target, signHop),
        body: Buffer.isBuffer(request.body) ? request.body : null,
        signal: deadline.signal,
        headersTimeout: 0,
        bodyTimeout: isStream ? 0 : BODY_TIMEOUT_MILLISECONDS,
      });
      deadline.stopClock();
      if (!isStream || answer.statusCode !== 200) return await passAnswer(reply, answer, pathOf(request.url));
      passStream(reply, answer, drain);
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
      const headers = signed({ ...call.headers }, call.method, call, signHop);
      return readAnswer(exchange, { ...call, headers }, answerTimeoutsMilliseconds[call.timeout]);
    },
    readDocument: () => Promise.any(instances.map((instance) => askForJson(instance, OPENAPI_PATH))),
    checkReady: async () => {
      await Promise.any(instances.map((instance) => askForJson(instance, '/health/ready')));
    },
    close: async () => {
      await Promise.all(instances.map((instance) => instance.close()));
    },
  };
}

/** Adds the gateway's proof to the headers of its own request. */
function signed(
  headers: Record<string, string>,
  method: string,
  { url, clientAddress }: ForwardTarget,
  signHop: SignHop | undefined,
): Record<string, string> {
  if (!signHop) return headers;
  headers[HOP_HEADER] = signHop({ method, url, clientAddress, requestId: headers[REQUEST_ID_HEADER] ?? '' });
  return headers;
}

async function askForJson(instance: Instance, path: string): Promise<unknown> {
  const answer = await instance.ask({
    method: 'GET',
    path,
    headersTimeout: QUESTION_TIMEOUT_MILLISECONDS,
    bodyTimeout: QUESTION_TIMEOUT_MILLISECONDS,
  });
  if (answer.statusCode === 200) return answer.body.json();
  await answer.body.dump();
  throw new Error(`${path} answered ${answer.statusCode}`);
}

function pathOf(url: string): string {
  const queryStart = url.indexOf('?');
  return queryStart < 0 ? url : url.slice(0, queryStart);
}
