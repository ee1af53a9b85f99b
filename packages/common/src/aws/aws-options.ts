/** Long-lived keys, as a compatible server on a developer's machine wants them. In AWS, leave them out. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A role to take on before anything else is called, such as that of the account which owns the tables. */
export interface AwsRole {
  readonly roleArn: string;
  /** The secret between two companies that keeps a third one from using the role (the confused deputy). */
  readonly externalId?: string;
  /** Shows up in the audit trail of the other account. */
  readonly sessionName: string;
  /** How long the credentials last; they are renewed before that. 900 to 43,200. */
  readonly durationSeconds?: number;
  /** Instead of the region's own STS endpoint. */
  readonly stsEndpoint?: string;
}

export interface AwsTimeouts {
  /** To connect, including TLS. */
  readonly connectionMilliseconds: number;
  /** From the request to the head of its answer, for each of the SDK's attempts; callers bound the whole. */
  readonly requestMilliseconds: number;
}

/** How to reach a service of AWS. */
export interface AwsOptions {
  readonly region: string;
  /** Instead of the region's own endpoint, for a server that speaks the same protocol. */
  readonly endpoint?: string;
  /** Without keys the SDK looks in its usual places: environment, container, instance. */
  readonly keys?: AwsKeys;
  readonly role?: AwsRole;
  readonly timeouts?: AwsTimeouts;
  /** Attempts of the SDK itself, for throttling and broken connections. */
  readonly maxAttempts?: number;
  /** Connections at once; further requests wait for one. */
  readonly maxConnections?: number;
}

/** Without timeouts of our own a server that accepts and stays silent would be waited for without end. */
export const DEFAULT_TIMEOUTS: AwsTimeouts = { connectionMilliseconds: 1_000, requestMilliseconds: 2_500 };
export const DEFAULT_MAX_ATTEMPTS = 3;
export const DEFAULT_MAX_CONNECTIONS = 100;
export const DEFAULT_ROLE_DURATION_SECONDS = 3_600;
