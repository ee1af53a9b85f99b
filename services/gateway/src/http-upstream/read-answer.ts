import type { ServiceAnswer, ServiceCall } from '../upstream.ts';
import { createDeadline } from './deadline.ts';
import type { Exchange } from './exchange.ts';
import { toUpstreamFailure } from './upstream-failures.ts';

/**
 * Sends a request of the gateway's own and reads the whole answer, for which the service has `timeoutMilliseconds`. It
 * goes on when the client is gone: a service that began to renew a session is not made to stop by it either.
 * @throws UnavailableError (503) when every breaker is open
 * @throws UpstreamError (502, 504)
 */
export async function readAnswer(
  exchange: Exchange,
  { method, url, headers, body }: ServiceCall,
  timeoutMilliseconds: number,
): Promise<ServiceAnswer> {
  const deadline = createDeadline(timeoutMilliseconds);
  try {
    const answer = await exchange.send({
      method,
      path: url,
      headers,
      body: body ?? null,
      signal: deadline.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
  } catch (error) {
    throw toUpstreamFailure(error);
  } finally {
    deadline.stopClock();
  }
}
