import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { InternalError, MethodNotAllowedError, NotFoundError, UnreadableRequestError } from '../errors.ts';
import { PROBLEM_CONTENT_TYPE, toProblemDetails } from '../problem-details.ts';
import { ProblemError } from '../problem-error.ts';

const HTTP_CLIENT_ERROR_MIN = 400;
const HTTP_SERVER_ERROR_MIN = 500;

/**
 * Makes an app respond to every failure with `application/problem+json`. The cause of an error is logged, never sent. A
 * path that exists for other methods gets 405, so call this before you register the routes.
 * @param now clock for the `timestamp` member
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export function registerErrorHandlers(app: FastifyInstance, now: () => Date): void {
  const paths = createKnownPaths();
  app.addHook('onRoute', ({ method, url }) => paths.add(method, url));
  app.setErrorHandler((thrown: FastifyError, request, reply) => sendProblem(thrown, request, reply, now()));
  app.setNotFoundHandler((request, reply) => {
    const allowed = paths.methodsOf(pathOf(request.originalUrl));
    const error =
      allowed.length === 0
        ? new NotFoundError('The route')
        : new MethodNotAllowedError(request.method, allowed);
    return sendProblem(error, request, reply, now());
  });
}

/** Sends the problem response for any thrown value; logs 5xx with their cause. */
export function sendProblem(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  at: Date,
): FastifyReply {
  const error = toProblemError(thrown);
  logProblem(request, error, thrown);
  if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', error.retryAfterSeconds);
  if (error instanceof MethodNotAllowedError) void reply.header('allow', error.allowed.join(', '));
  if (error.status === 401) void reply.header('www-authenticate', 'Bearer');
  const problem = toProblemDetails(error, { instance: pathOf(request.originalUrl), traceId: request.id, at });
  return reply
    .code(error.status)
    .header('content-type', PROBLEM_CONTENT_TYPE)
    .serializer(JSON.stringify)
    .send(problem);
}

function logProblem(request: FastifyRequest, error: ProblemError, thrown: unknown): void {
  const { code, status } = error;
  // Requests share the logger of their app, so the id is added here.
  const facts = { code, request_id: request.id };
  if (status < HTTP_SERVER_ERROR_MIN) return request.log.debug({ ...facts, status }, error.message);
  try {
    request.log.error({ err: thrown, ...facts }, error.message);
  } catch {
    // The logger marks errors, which fails for a frozen one. The response must be sent anyway.
    request.log.error({ err: { type: typeof thrown, message: String(thrown) }, ...facts }, error.message);
  }
}

/**
 * Converts any thrown value into a `ProblemError`: ours unchanged, client errors of Fastify by status, else INT_001.
 */
export function toProblemError(thrown: unknown): ProblemError {
  if (thrown instanceof ProblemError) return thrown;
  const { statusCode, code } = (thrown ?? {}) as { readonly statusCode?: unknown; readonly code?: unknown };
  const isClientFault =
    typeof statusCode === 'number' &&
    statusCode >= HTTP_CLIENT_ERROR_MIN &&
    statusCode < HTTP_SERVER_ERROR_MIN &&
    typeof code === 'string' &&
    code.startsWith('FST_');
  if (isClientFault) {
    return new UnreadableRequestError(DETAIL_BY_STATUS[statusCode] ?? 'The request cannot be read.', {
      status: statusCode,
      cause: thrown,
    });
  }
  return new InternalError(thrown);
}

const DETAIL_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'The body is not valid JSON.',
  413: 'The body is too large.',
  415: 'Send the body as application/json.',
};

function pathOf(url: string): string {
  const queryStart = url.indexOf('?');
  return queryStart < 0 ? url : url.slice(0, queryStart);
}

/** The paths of an app and their methods, to distinguish 405 from 404. */
interface KnownPaths {
  /** Adds a route. @param url pattern such as `/orders/:id`; one with a wildcard is ignored */
  add(method: string | readonly string[], url: string): void;
  /** Returns the sorted methods of a path; empty for an unknown path. Ignores a trailing slash. */
  methodsOf(path: string): readonly string[];
}

/** Creates an empty collection. Only requests without a matching route search it. */
export function createKnownPaths(): KnownPaths {
  const known = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();
  return {
    add(method, url) {
      if (url.includes('*')) return;
      const entry = known.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
      for (const name of [method].flat()) entry.methods.add(name);
      known.set(url, entry);
    },
    methodsOf(path) {
      const methods = [...known.values()]
        .filter(({ pattern }) => pattern.test(path))
        .flatMap((entry) => [...entry.methods]);
      return [...new Set(methods)].toSorted();
    },
  };
}

/** Returns the pattern of a route; every parameter is one segment that is not empty. */
function patternOf(url: string): RegExp {
  const texts = url.split(/:\w+/).map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${texts.join('[^/]+')}/?$`);
}
