import { join } from 'node:path';
import { z } from 'zod';
import { LOG_LEVELS } from '../http/logger.ts';

const MAX_PORT = 65_535;

const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, { error: 'must be a whole number', abort: true })
  .transform(Number);

/** A whole number within bounds. */
export function integerSetting({ min, max }: { readonly min: number; readonly max: number }) {
  return wholeNumber.pipe(z.int().min(min).max(max));
}

/** Port 0 lets the system choose a free one. */
export const portSetting = integerSetting({ min: 0, max: MAX_PORT });

const httpUrlSetting = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text));

/** What every process of the platform understands. */
export const processSettings = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  HOST: z.string().min(1).default('127.0.0.1'),
});

const MAX_FREE_DISK_MEGABYTES = 1_000_000;
const DEFAULT_FREE_DISK_MEGABYTES = 256;

/** Which table store, and where. */
export const storeSettings = z.object({
  STORE: z.enum(['lmdb', 'dynamodb']).default('lmdb'),
  DATA_DIR: z.string().min(1).default('./data'),
  /** The embedded store refuses writes while the disk has less free space. */
  MIN_FREE_DISK_MEGABYTES: integerSetting({ min: 0, max: MAX_FREE_DISK_MEGABYTES }).default(
    DEFAULT_FREE_DISK_MEGABYTES,
  ),
  AWS_REGION: z.string().min(1).default('us-east-1'),
  /** Another endpoint that speaks DynamoDB's protocol. */
  DYNAMODB_ENDPOINT: httpUrlSetting.optional(),
  DYNAMODB_TABLE_PREFIX: z
    .string()
    .regex(/^[\w.-]{0,50}$/, 'may hold letters, digits, _ . and -')
    .default('cnop-'),
  /** A role of another account to assume for its tables. */
  DYNAMODB_ROLE_ARN: z.string().startsWith('arn:').optional(),
  DYNAMODB_ROLE_EXTERNAL_ID: z.string().optional(),
});
export type StoreSettings = z.output<typeof storeSettings>;

/** How processes tell each other that something is worth a look. */
export const messagingSettings = z.object({
  /** A Redis server, such as `redis://10.0.0.5:6379`; without one each process looks for itself, now and then. */
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis or rediss address' })
    .transform((text) => new URL(text))
    .optional(),
});
export type MessagingSettings = z.output<typeof messagingSettings>;

/** How tokens are named; issuer and verifiers must agree. */
export const tokenSettings = z.object({
  TOKEN_ISSUER: z.string().min(1).default('cnop'),
  TOKEN_AUDIENCE: z.string().min(1).default('cnop-api'),
});

export function tokenNamesOf(settings: z.output<typeof tokenSettings>): {
  readonly issuer: string;
  readonly audience: string;
} {
  return { issuer: settings.TOKEN_ISSUER, audience: settings.TOKEN_AUDIENCE };
}

/** Where a process without the private key finds the public ones. */
export const keySetSettings = z.object({
  JWKS_URL: httpUrlSetting.default(new URL('http://127.0.0.1:8000/.well-known/jwks.json')),
});

/** Splits at commas; blanks and empty parts do not count. */
export const listSetting = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

/** Addresses or CIDR ranges, separated by commas; `none` says that there are none. */
export const addressListSetting = listSetting.transform((entries) =>
  entries.length === 1 && entries[0] === 'none' ? [] : entries,
);

/** As long as the key of the HMAC that it is used for, written in any way. */
const MIN_GATEWAY_SECRET_LENGTH = 32;
/** Where the gateway of a laptop is. */
const LOOPBACK_PEERS = ['127.0.0.1', '::1'];

/** How a service that is a process of its own knows the gateway. */
export const hopSettings = z.object({
  /**
   * Shared by the gateway, which signs with the first, and the services, which accept each of them, separated by commas.
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
  /** Peers whose X-Forwarded-For is believed; a service looks at it only without GATEWAY_SECRET. */
  TRUSTED_PROXIES: addressListSetting.optional(),
});
export type HopSettings = z.output<typeof hopSettings>;

/** Returns the peers that a service without GATEWAY_SECRET believes. */
export function trustedPeersOf({ TRUSTED_PROXIES }: HopSettings): readonly string[] {
  return TRUSTED_PROXIES ?? LOOPBACK_PEERS;
}

/** Whether only this machine can reach a host. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host);
}

/**
 * Refuses a service that could not tell the gateway from anyone else.
 * @throws through `context`: use it as a zod `superRefine`
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

/** Why a process of its own does not start in production. */
export const GATEWAY_SECRET_MISSING =
  'must be the same secret at the gateway and all services in production, such as `openssl rand -hex 32` makes';

/** bcrypt refuses less than 4; above 15 one sign-in takes seconds. */
const BCRYPT_COST_LIMITS = { min: 4, max: 15 };

/** What the user service alone needs. */
export const accountSettings = z.object({
  BCRYPT_COST: integerSetting(BCRYPT_COST_LIMITS).default(12),
  /** Where the private keys are; a laptop gets its own in DATA_DIR. */
  SIGNING_KEY_FILE: z.string().min(1).optional(),
});

export function signingKeyFileOf(settings: {
  readonly SIGNING_KEY_FILE?: string | undefined;
  readonly DATA_DIR: string;
}): string {
  return settings.SIGNING_KEY_FILE ?? join(settings.DATA_DIR, 'keys', 'signing-keys.json');
}
