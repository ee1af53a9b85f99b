import type { IncomingMessage } from 'node:http';
import { UnreadableRequestError } from '@cnop/exception/errors';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

const HOST = 'host';
const IDENTITY_ENCODING = 'identity';
const NO_CONTENT = '0';
const UNSUPPORTED_MEDIA_TYPE = 415;

/**
 * Checks the headers of a request before its body is read.
 * @throws UnreadableRequestError (400) for more than one Host header, of which Node shows only the first; (415) for a
 * compressed body
 * @see RFC 9112, section 3.2
 */
export function assertPlainRequest({ headers, rawHeaders }: IncomingMessage): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== IDENTITY_ENCODING) {
    throw new UnreadableRequestError('Send the body as it is, without a Content-Encoding.', {
      status: UNSUPPORTED_MEDIA_TYPE,
    });
  }
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === HOST.length && name.toLowerCase() === HOST) hosts += 1;
  }
  if (hosts > 1) throw new UnreadableRequestError('There is more than one Host header.');
}

/**
 * Makes an app accept an empty body of any Content-Type, such as `curl -d ''` sends it. Any other body that is not JSON
 * is refused with 415 and is not read.
 */
export function acceptEmptyBodies(app: FastifyInstance): void {
  app.addContentTypeParser('*', (request, _payload, done) => {
    const isEmpty =
      request.headers['content-length'] === NO_CONTENT && request.headers['transfer-encoding'] === undefined;
    if (isEmpty) return done(null, undefined);
    done(
      new UnreadableRequestError('Send the body as application/json.', { status: UNSUPPORTED_MEDIA_TYPE }),
    );
  });
}

/** Makes routes without a query schema refuse all query parameters with 422. Call it before you register them. */
export function refuseUnknownQueries(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    route.schema = { querystring: NO_QUERY, ...route.schema };
  });
}

const NO_QUERY = z.strictObject({});
