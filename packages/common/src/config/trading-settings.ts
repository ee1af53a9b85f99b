import { z } from 'zod';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import { DEFAULT_MAX_OPEN_ORDERS } from '../entities/order/order.ts';
import type { PriceSettings } from './price-settings.ts';
import { MIN_EXCHANGE_POLL_MILLISECONDS, priceSettings } from './price-settings.ts';
import { integerSetting } from './settings.ts';

const QUOTE_AGE_LIMITS = { min: 1, max: 86_400 };
const OPEN_ORDER_LIMITS = { min: 1, max: 1_000_000 };
/** How many ticks a quote may be old unless a setting says otherwise. */
const MAX_QUOTE_AGE_TICKS = 3;
/** Shorter ticks do not make the default shorter: a pause of the process is not a stale price. */
const MIN_DEFAULT_QUOTE_AGE_SECONDS = 1;

/** What the order service trades by. */
export const tradingSettings = z.object({
  /** A price that is older triggers no order and fills none. */
  MAX_QUOTE_AGE_SECONDS: integerSetting(QUOTE_AGE_LIMITS).optional(),
  /** How many open orders one user may have. */
  MAX_OPEN_ORDERS: integerSetting(OPEN_ORDER_LIMITS).default(DEFAULT_MAX_OPEN_ORDERS),
  /** Whether this process executes open orders; of all processes over one store, one is enough. */
  TRIGGER_ENGINE: z.enum(['on', 'off']).default('on'),
});

/** What a process of the order service alone has to know of prices: the same settings as where they are made. */
export const orderProcessSettings = tradingSettings.extend(
  priceSettings.pick({ PRICE_FEED: true, PRICE_TICK_MILLISECONDS: true }).shape,
);

/** Returns how old a quote may be to be traded at, in seconds: three ticks unless a setting says otherwise. */
export function maxQuoteAgeSecondsOf({
  MAX_QUOTE_AGE_SECONDS,
  PRICE_FEED,
  PRICE_TICK_MILLISECONDS,
}: z.output<typeof tradingSettings> & Pick<PriceSettings, 'PRICE_FEED' | 'PRICE_TICK_MILLISECONDS'>): number {
  if (MAX_QUOTE_AGE_SECONDS !== undefined) return MAX_QUOTE_AGE_SECONDS;
  const leastMilliseconds = PRICE_FEED === 'exchange' ? MIN_EXCHANGE_POLL_MILLISECONDS : 0;
  const tickMilliseconds = Math.max(PRICE_TICK_MILLISECONDS, leastMilliseconds);
  return Math.max(
    (MAX_QUOTE_AGE_TICKS * tickMilliseconds) / MILLISECONDS_PER_SECOND,
    MIN_DEFAULT_QUOTE_AGE_SECONDS,
  );
}
