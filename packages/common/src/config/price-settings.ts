import { z } from 'zod';
import type { AssetId } from '../core/brands.ts';
import { assetIdSchema } from '../entities/fields.ts';
import { priceFeedSchema } from '../entities/inventory/quote.ts';
import { integerSetting } from './settings.ts';

/** Well within the rate that exchanges allow without an account. */
export const MIN_EXCHANGE_POLL_MILLISECONDS = 1_000;
const TICK_LIMITS_MILLISECONDS = { min: 10, max: 60_000 };
const PERSIST_LIMITS_SECONDS = { min: 1, max: 3_600 };
const MAX_JUMP_LIMITS_PERCENT = { min: 1, max: 1_000 };
const MANUAL_MAX_LIMITS_PERCENT = { min: 0, max: 999_999_999 };
/** The largest manual price change in production that needs no second administrator. */
const MANUAL_MAX_PRODUCTION_PERCENT = 50;
const MAX_SEED_LENGTH = 100;
const MAX_REPLAY_SPEED = 1_000_000;

/** The file of each asset, such as `BTC=./btc.csv,USDC=./usdc.csv`. */
const replayFilesSetting = z.string().transform((text, context): ReadonlyMap<AssetId, string> => {
  const files = new Map<AssetId, string>();
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

/** A factor of real time; a fraction is slower. */
const speedSetting = z
  .string()
  .regex(/^\d{1,7}(?:\.\d{1,6})?$/, { error: 'must be a number such as 60 or 0.5', abort: true })
  .transform(Number)
  .pipe(z.number().positive().max(MAX_REPLAY_SPEED));

/** The settings of prices, for each process that runs the inventory service. */
export const priceSettings = z.object({
  PRICE_FEED: priceFeedSchema.default('simulated'),
  /** Allows simulated prices in production. */
  ALLOW_SIMULATED_PRICES: z.enum(['on', 'off']).optional(),
  /** Makes simulated prices reproducible: the same seed and starting prices give the same prices. Random by default. */
  PRICE_SEED: z.string().min(1).max(MAX_SEED_LENGTH).optional(),
  PRICE_TICK_MILLISECONDS: integerSetting(TICK_LIMITS_MILLISECONDS).default(1_000),
  PRICE_REPLAY_FILES: replayFilesSetting.default(new Map()),
  PRICE_REPLAY_SPEED: speedSetting.default(1),
  /** The ccxt id of the exchange, such as `kraken`. */
  PRICE_EXCHANGE: z
    .string()
    .regex(/^[a-z0-9]{2,40}$/, 'must be the id of an exchange, such as kraken')
    .default('kraken'),
  /** The address of a server that speaks the protocol of the exchange, such as your own relay. */
  PRICE_EXCHANGE_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** The size of a jump: a larger change of a price needs a second price that confirms it. */
  PRICE_MAX_JUMP_PERCENT: integerSetting(MAX_JUMP_LIMITS_PERCENT).default(20),
  /** The largest manual change of a price within an hour; a larger one needs a second administrator. */
  PRICE_MANUAL_MAX_PERCENT: integerSetting(MANUAL_MAX_LIMITS_PERCENT).default(20),
  /** The interval at which prices and open candles are written. */
  PRICE_PERSIST_SECONDS: integerSetting(PERSIST_LIMITS_SECONDS).default(5),
});
export type PriceSettings = z.output<typeof priceSettings>;

/** Refuses a replay without files. Use it as a zod `superRefine`: it adds an issue to `context`. */
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
 * Refuses settings that would let one administrator set prices alone in production, or make prices predictable. Use it
 * as a zod `superRefine`: it adds issues to `context`.
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
