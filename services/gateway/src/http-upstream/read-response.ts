import type { ServiceCall, ServiceResponse } from '../upstream.ts';
import { createDeadline } from './deadline.ts';
import type { LoadBalancer } from './load-balancer.ts';
import { toUpstreamFailure } from './upstream-failures.ts';

/**
 * Sends a request of the gateway and reads the whole response. It continues when the client disconnects, since the service
 * finishes a started renewal of a session as well.
 * @param timeoutMilliseconds for the whole response
 * @throws UnavailableError (503) when the circuit breakers of all instances are open
 * @throws UpstreamError (502 or 504) when the service does not respond
 */
export async function readResponse(
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
