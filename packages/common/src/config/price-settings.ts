import { z } from 'zod';
import { assetIdSchema } from '../entities/fields.ts';
import { priceFeedSchema } from '../entities/inventory/quote.ts';
import { integerSetting } from './settings.ts';

/** What exchanges allow anybody to ask without an account, with room to spare. */
export const MIN_EXCHANGE_POLL_MILLISECONDS = 1_000;
const TICK_LIMITS_MILLISECONDS = { min: 10, max: 60_000 };
const PERSIST_LIMITS_SECONDS = { min: 1, max: 3_600 };
const MAX_JUMP_LIMITS_PERCENT = { min: 1, max: 1_000 };
const MANUAL_MAX_LIMITS_PERCENT = { min: 0, max: 999_999_999 };
/** The most that one person may move a price by hand in production. */
const MANUAL_MAX_PRODUCTION_PERCENT = 50;
const MAX_SEED_LENGTH = 100;
const MAX_REPLAY_SPEED = 1_000_000;

/** Assets and their files: `BTC=./btc.csv,USDC=./usdc.csv`. */
const replayFilesSetting = z.string().transform((text, context): ReadonlyMap<string, string> => {
  const files = new Map<string, string>();
  for (const part of text.split(',').map((entry) => entry.trim())) {
    if (part === '') continue;
    const [name = '', ...path] = part.split('=');
    const assetId = assetIdSchema.safeParse(name.trim());
    const file = path.join('=').trim();
    if (!assetId.success || file === '' || files.has(assetId.data)) {
      context.addIssue({ code: 'custom', message: 'must name each asset once, such as BTC=./btc.csv' });
      return z.NEVER;
    }
    files.set(assetId.data, file);
  }
  return files;
});

/** How many times faster than it happened; a fraction slows it down. */
const speedSetting = z
  .string()
  .regex(/^\d{1,7}(?:\.\d{1,6})?$/, { error: 'must be a number such as 60 or 0.5', abort: true })
  .transform(Number)
  .pipe(z.number().positive().max(MAX_REPLAY_SPEED));

/** Where prices come from and how they are kept; for whatever runs the inventory service. */
export const priceSettings = z.object({
  PRICE_FEED: priceFeedSchema.default('simulated'),
  /** Says that production may trade at made-up prices. */
  ALLOW_SIMULATED_PRICES: z.enum(['on', 'off']).optional(),
  /** Makes simulated prices the same for the same seed and the same prices to start from; without it they are random. */
  PRICE_SEED: z.string().min(1).max(MAX_SEED_LENGTH).optional(),
  PRICE_TICK_MILLISECONDS: integerSetting(TICK_LIMITS_MILLISECONDS).default(1_000),
  PRICE_REPLAY_FILES: replayFilesSetting.default(new Map()),
  PRICE_REPLAY_SPEED: speedSetting.default(1),
  /** As ccxt calls it, such as `kraken`. */
  PRICE_EXCHANGE: z
    .string()
    .regex(/^[a-z0-9]{2,40}$/, 'must be the id of an exchange, such as kraken')
    .default('kraken'),
  /** Another place that speaks the exchange's protocol, such as a relay of one's own. */
  PRICE_EXCHANGE_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** A price that moved further at once waits for a second one that agrees. */
  PRICE_MAX_JUMP_PERCENT: integerSetting(MAX_JUMP_LIMITS_PERCENT).default(20),
  /** How far one person may move the price of an asset by hand within an hour; more takes a second administrator. */
  PRICE_MANUAL_MAX_PERCENT: integerSetting(MANUAL_MAX_LIMITS_PERCENT).default(20),
  /** How often prices and open candles are written. */
  PRICE_PERSIST_SECONDS: integerSetting(PERSIST_LIMITS_SECONDS).default(5),
});
export type PriceSettings = z.output<typeof priceSettings>;

/** @throws through `context`: use it as a zod `superRefine` */
export function refuseReplayOfNothing(
  settings: Pick<PriceSettings, 'PRICE_FEED' | 'PRICE_REPLAY_FILES'>,
  context: z.RefinementCtx,
): void {
  if (settings.PRICE_FEED !== 'replay' || settings.PRICE_REPLAY_FILES.size > 0) return;
  context.addIssue({
    code: 'custom',
    path: ['PRICE_REPLAY_FILES'],
    message: 'must name files when PRICE_FEED is replay',
  });
}

/**
 * Refuses what is fine in a test and lets one person make or know prices in production.
 * @throws through `context`: use it as a zod `superRefine`
 */
export function refuseUnsafePrices(
  settings: Pick<PriceSettings, 'PRICE_MANUAL_MAX_PERCENT' | 'PRICE_SEED'> & { readonly NODE_ENV: string },
  context: z.RefinementCtx,
): void {
  if (settings.NODE_ENV !== 'production') return;
  const refuse = (path: keyof PriceSettings, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (settings.PRICE_MANUAL_MAX_PERCENT > MANUAL_MAX_PRODUCTION_PERCENT) {
    refuse('PRICE_MANUAL_MAX_PERCENT', `must be at most ${MANUAL_MAX_PRODUCTION_PERCENT} in production`);
  }
  if (settings.PRICE_SEED !== undefined) {
    refuse('PRICE_SEED', 'must not be set in production: prices that follow from a seed can be predicted');
  }
}
