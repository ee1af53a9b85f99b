import { join } from 'node:path';
import { z } from 'zod';

const MAX_PORT = 65_535;

const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, { error: 'must be a whole number', abort: true })
  .transform(Number);

/** Returns the schema of a whole number within bounds, both inclusive. */
export function integerSetting({ min, max }: { readonly min: number; readonly max: number }) {
  const error = `must be from ${min} to ${max}`;
  return wholeNumber.pipe(z.int().min(min, error).max(max, error));
}

/** A TCP port; 0 lets the system choose a free one. */
export const portSetting = integerSetting({ min: 0, max: MAX_PORT });

const httpUrlSetting = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text));

/** The port on which DynamoDB-compatible servers listen by default. */
const LOCAL_DYNAMODB_PORT = 8_000;

/** An endpoint such as `http://localhost:8000`. Without a scheme, a host has port 8000 unless it names one. */
const endpointSetting = z
  .string()
  .transform((text) => {
    if (text.includes('://')) return text;
    return `http://${/:\d+$/.test(text) ? text : `${text}:${LOCAL_DYNAMODB_PORT}`}`;
  })
  .pipe(httpUrlSetting);

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const MAX_SHUTDOWN_DELAY_SECONDS = 600;
/** Load balancers and gateways probe readiness every second or two. */
const PRODUCTION_SHUTDOWN_DELAY_SECONDS = 5;
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** The settings of traces, with the names and defaults that OpenTelemetry specifies. */
const tracingSettings = z.object({
  /** The collector of traces, such as `http://127.0.0.1:4318`. Without one, traces are off. */
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrlSetting.optional(),
  /** Instead of the name of the service. */
  OTEL_SERVICE_NAME: z.string().min(1).optional(),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS).default('parentbased_always_on'),
  /** The share of traces that a ratio sampler records. */
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(?:0|1|0?\.\d{1,9}|[01]\.0{1,9})$/, 'must be a number from 0 to 1')
    .transform(Number)
    .default(1),
});
export type TracingSettings = z.output<typeof tracingSettings>;

/** The settings of every process. */
export const processSettings = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  HOST: z.string().min(1).default('127.0.0.1'),
  /** The time from a signal to the end of accepting requests; 5 in production, else 0. */
  SHUTDOWN_DELAY_SECONDS: integerSetting({ min: 0, max: MAX_SHUTDOWN_DELAY_SECONDS }).optional(),
  ...tracingSettings.shape,
});

/** Returns how long a process accepts requests after a signal, while it reports that it is not ready. */
export function shutdownDelaySecondsOf({
  NODE_ENV,
  SHUTDOWN_DELAY_SECONDS,
}: Pick<z.output<typeof processSettings>, 'NODE_ENV' | 'SHUTDOWN_DELAY_SECONDS'>): number {
  return SHUTDOWN_DELAY_SECONDS ?? (NODE_ENV === 'production' ? PRODUCTION_SHUTDOWN_DELAY_SECONDS : 0);
}

const MAX_FREE_DISK_MEGABYTES = 1_000_000;
const DEFAULT_FREE_DISK_MEGABYTES = 256;

const MAX_SHARDS = 64;

/**
 * How many shards of an index are written and read: `8` for both, or `1:8` while some processes still write to one shard,
 * or items of that time are left.
 */
const shardsSetting = z
  .string()
  .regex(/^\d{1,2}(?::\d{1,2})?$/, { error: 'must be a number such as 8, or two such as 1:8', abort: true })
  .transform((text) => {
    const [written = 1, read = written] = text.split(':').map(Number);
    return { written, read };
  })
  .refine(({ written, read }) => written >= 1 && written <= read && read <= MAX_SHARDS, {
    error: `must read at least as many shards as it writes, 1 to ${MAX_SHARDS}`,
  });

/** The settings of the table store. */
export const storeSettings = z.object({
  STORE: z.enum(['lmdb', 'dynamodb']).default('lmdb'),
  DATA_DIR: z.string().min(1).default('./data'),
  /** The embedded store refuses writes while the disk has less free space. */
  MIN_FREE_DISK_MEGABYTES: integerSetting({ min: 0, max: MAX_FREE_DISK_MEGABYTES }).default(
    DEFAULT_FREE_DISK_MEGABYTES,
  ),
  AWS_REGION: z.string().min(1).default('us-east-1'),
  /** The endpoint of a server that speaks the protocol of DynamoDB. */
  DYNAMODB_ENDPOINT: endpointSetting.optional(),
  /** Read by the AWS SDK; without them a local server gets keys of our own, since it requires some and accepts any. */
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_PROFILE: z.string().optional(),
  DYNAMODB_TABLE_PREFIX: z
    .string()
    .regex(/^[\w.-]{0,50}$/, 'may hold letters, digits, _ . and -')
    .default('cnop-'),
  /** Point-in-time recovery and deletion protection of new tables; by default on in production. */
  DYNAMODB_PROTECTION: z.enum(['on', 'off']).optional(),
  /** The role to assume when the tables are in another account. */
  DYNAMODB_ROLE_ARN: z.string().startsWith('arn:').optional(),
  DYNAMODB_ROLE_EXTERNAL_ID: z.string().optional(),
  /** The shards of each partition of the trigger index, on DynamoDB. */
  TRIGGER_INDEX_SHARDS: shardsSetting.default({ written: 1, read: 1 }),
  /** The shards of each day of the index of security events, on DynamoDB. */
  AUDIT_INDEX_SHARDS: shardsSetting.default({ written: 1, read: 1 }),
});
export type StoreSettings = z.output<typeof storeSettings>;

/** The settings of messages between processes. */
export const messagingSettings = z.object({
  /** A Redis server, such as `redis://10.0.0.5:6379`. Without one, processes poll the store. */
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis or rediss address' })
    .transform((text) => new URL(text))
    .optional(),
});
export type MessagingSettings = z.output<typeof messagingSettings>;

/** The issuer and audience of tokens; issuer and verifiers need the same values. */
export const tokenSettings = z.object({
  TOKEN_ISSUER: z.string().min(1).default('cnop'),
  TOKEN_AUDIENCE: z.string().min(1).default('cnop-api'),
});

/** Returns the issuer and the audience of tokens. */
export function tokenNamesOf(settings: z.output<typeof tokenSettings>): {
  readonly issuer: string;
  readonly audience: string;
} {
  return { issuer: settings.TOKEN_ISSUER, audience: settings.TOKEN_AUDIENCE };
}

/** A list with commas; spaces around the parts and empty parts are ignored. */
export const listSetting = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

/** The public keys, for processes without the private ones. */
export const keySetSettings = z.object({
  /** The addresses of the key set, which are tried in turn. */
  JWKS_URL: listSetting
    .pipe(z.array(httpUrlSetting).min(1))
    .default([new URL('http://127.0.0.1:8000/.well-known/jwks.json')]),
  /** The file that keeps the keys across restarts, instead of Redis or DATA_DIR; `off` keeps none. */
  JWKS_CACHE_FILE: z.string().min(1).optional(),
  DATA_DIR: storeSettings.shape.DATA_DIR,
});
export type KeySetSettings = z.output<typeof keySetSettings>;

/** Addresses or CIDR ranges with commas; `none` is the empty list. */
export const addressListSetting = listSetting.transform((entries) =>
  entries.length === 1 && entries[0] === 'none' ? [] : entries,
);

/** The length of the HMAC key in bytes. */
const MIN_GATEWAY_SECRET_LENGTH = 32;
/** The peers that are trusted by default: this machine. */
const LOOPBACK_PEERS = ['127.0.0.1', '::1'];

/** The settings by which a service in a separate process recognises the gateway. */
export const hopSettings = z.object({
  /**
   * One or more secrets with commas: the gateway signs with the first one, the services accept all of them.
   */
  GATEWAY_SECRET: listSetting
    .pipe(
      z
        .array(
          z.string().min(MIN_GATEWAY_SECRET_LENGTH, {
            error: `must have at least ${MIN_GATEWAY_SECRET_LENGTH} characters`,
          }),
        )
        .min(1),
    )
    .optional(),
  /** The peers whose X-Forwarded-For is trusted; a service uses it only without GATEWAY_SECRET. */
  TRUSTED_PROXIES: addressListSetting.optional(),
});
export type HopSettings = z.output<typeof hopSettings>;

/** Returns the peers whose X-Forwarded-For a service without GATEWAY_SECRET trusts. */
export function trustedPeersOf({ TRUSTED_PROXIES }: HopSettings): readonly string[] {
  return TRUSTED_PROXIES ?? LOOPBACK_PEERS;
}

/** Returns whether only this machine can reach a host. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host);
}

/**
 * Refuses a service that could not recognise the gateway. Use it as a zod `superRefine`: it adds an issue to `context`.
 * @see docs/adr/0035-gateway-signs-its-hop.md
 */
export function refuseUnknownGateway(
  settings: HopSettings & { readonly NODE_ENV: string; readonly HOST: string },
  context: z.RefinementCtx,
): void {
  const { NODE_ENV, HOST, GATEWAY_SECRET, TRUSTED_PROXIES } = settings;
  if (GATEWAY_SECRET !== undefined) return;
  if (NODE_ENV === 'production') {
    context.addIssue({ code: 'custom', path: ['GATEWAY_SECRET'], message: GATEWAY_SECRET_MISSING });
  } else if (!isLoopback(HOST) && TRUSTED_PROXIES === undefined) {
    const message =
      'must name the network of the gateway, such as 10.0.0.0/8, where GATEWAY_SECRET is not set';
    context.addIssue({ code: 'custom', path: ['TRUSTED_PROXIES'], message });
  }
}

/** The reason why a separate process does not start in production without GATEWAY_SECRET. */
export const GATEWAY_SECRET_MISSING =
  'must be the same secret at the gateway and all services in production, such as `openssl rand -hex 32` makes';

/** bcrypt refuses less than 4; above 15 a sign-in takes seconds. */
const BCRYPT_COST_LIMITS = { min: 4, max: 15 };

/** The settings of the user service alone. */
export const accountSettings = z.object({
  BCRYPT_COST: integerSetting(BCRYPT_COST_LIMITS).default(12),
  /** The file of the signing keys; by default in DATA_DIR, and created there. */
  SIGNING_KEY_FILE: z.string().min(1).optional(),
});

/** Returns the path of the file of the signing keys. */
export function signingKeyFileOf(settings: {
  readonly SIGNING_KEY_FILE?: string | undefined;
  readonly DATA_DIR: string;
}): string {
  return settings.SIGNING_KEY_FILE ?? join(settings.DATA_DIR, 'keys', 'signing-keys.json');
}
