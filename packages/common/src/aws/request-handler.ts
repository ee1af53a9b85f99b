import type { AwsOptions } from './aws-options.ts';
import { DEFAULT_MAX_CONNECTIONS, DEFAULT_TIMEOUTS } from './aws-options.ts';

/** The options of the HTTP handler of an SDK client. */
export interface RequestHandlerOptions {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly throwOnRequestTimeout: boolean;
  readonly httpAgent: { readonly keepAlive: boolean; readonly maxSockets: number };
  readonly httpsAgent: { readonly keepAlive: boolean; readonly maxSockets: number };
}

/** Returns the options of the HTTP handler: timeouts, keep-alive and the number of connections. */
export function requestHandlerOptions(options: AwsOptions): RequestHandlerOptions {
  const timeouts = options.timeouts ?? DEFAULT_TIMEOUTS;
  const agent = { keepAlive: true, maxSockets: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS };
  return {
    connectionTimeout: timeouts.connectionMilliseconds,
    requestTimeout: timeouts.requestMilliseconds,
    // Without this the SDK only logs a warning at the timeout and continues to wait.
    throwOnRequestTimeout: true,
    httpAgent: agent,
    httpsAgent: agent,
  };
}
