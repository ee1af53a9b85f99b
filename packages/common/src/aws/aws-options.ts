/** Long-lived keys, for a compatible server on a developer's machine. In AWS, leave them out. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A role to assume before other calls, such as a role of the account that owns the tables. */
export interface AwsRole {
  readonly roleArn: string;
  /** The external id of the role, which prevents its use by third parties (the confused deputy problem). */
  readonly externalId?: string;
  /** The name of the session in the audit trail of the other account. */
  readonly sessionName: string;
  /** The lifetime of the credentials, 900 to 43,200; they are renewed before it ends. */
  readonly durationSeconds?: number;
  /** Replaces the STS endpoint of the region. */
  readonly stsEndpoint?: string;
}

/** The timeouts of each attempt of the SDK. */
export interface AwsTimeouts {
  /** For connecting, including TLS. */
  readonly connectionMilliseconds: number;
  /** For a response, from the request to its headers. */
  readonly requestMilliseconds: number;
}

/** The options of a client of AWS. */
export interface AwsOptions {
  readonly region: string;
  /** Replaces the endpoint of the region, for a server that speaks the same protocol. */
  readonly endpoint?: string;
  /** By default the SDK finds keys in the environment, the container or the instance. */
  readonly keys?: AwsKeys;
  readonly role?: AwsRole;
  readonly timeouts?: AwsTimeouts;
  /** The attempts of the SDK itself, for throttling and broken connections. */
  readonly maxAttempts?: number;
  /** The number of connections; further requests wait for one. */
  readonly maxConnections?: number;
}

/** Without these, a call to a server that accepts and stays silent would wait forever. */
const DEFAULT_TIMEOUTS: AwsTimeouts = { connectionMilliseconds: 1_000, requestMilliseconds: 2_500 };
export const DEFAULT_MAX_ATTEMPTS = 3;
export const DEFAULT_MAX_CONNECTIONS = 100;
export const DEFAULT_ROLE_DURATION_SECONDS = 3_600;

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
