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

/** Which table store, and where. */
export const storeSettings = z.object({
  STORE: z.enum(['lmdb', 'dynamodb']).default('lmdb'),
  DATA_DIR: z.string().min(1).default('./data'),
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

/** Peers whose X-Forwarded-For is believed, as addresses or CIDR ranges, separated by commas. */
export const addressListSetting = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

/** bcrypt refuses less than 4; above 15 one sign-in takes seconds. */
const BCRYPT_COST_LIMITS = { min: 4, max: 15 };
/** The least that is safe on today's hardware. */
const BCRYPT_COST_MIN_PRODUCTION = 10;

/** What the user service alone needs. */
export const accountSettings = z.object({
  BCRYPT_COST: integerSetting(BCRYPT_COST_LIMITS).default(12),
  /** Where the private keys are; a laptop gets its own in DATA_DIR. */
  SIGNING_KEY_FILE: z.string().min(1).optional(),
  TRUSTED_PROXIES: addressListSetting.default(['127.0.0.1', '::1']),
});

export function signingKeyFileOf(settings: {
  readonly SIGNING_KEY_FILE?: string | undefined;
  readonly DATA_DIR: string;
}): string {
  return settings.SIGNING_KEY_FILE ?? join(settings.DATA_DIR, 'keys', 'signing-keys.json');
}

/**
 * Refuses what is fine on a laptop and dangerous in production.
 * @throws through `context`: use it as a zod `superRefine`
 */
export function refuseUnsafeInProduction(
  settings: {
    readonly NODE_ENV: string;
    readonly BCRYPT_COST?: number;
    readonly SIGNING_KEY_FILE?: string | undefined;
  },
  context: z.RefinementCtx,
): void {
  if (settings.NODE_ENV !== 'production') return;
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (settings.BCRYPT_COST !== undefined && settings.BCRYPT_COST < BCRYPT_COST_MIN_PRODUCTION) {
    refuse('BCRYPT_COST', `must be at least ${BCRYPT_COST_MIN_PRODUCTION} in production`);
  }
  if (settings.BCRYPT_COST !== undefined && settings.SIGNING_KEY_FILE === undefined) {
    refuse('SIGNING_KEY_FILE', 'must name the file of the signing keys in production');
  }
}
