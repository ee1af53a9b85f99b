import { z } from 'zod';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import { DEFAULT_MAX_OPEN_ORDERS } from '../entities/order/order-document.ts';
import { MIN_EXCHANGE_POLL_MILLISECONDS, priceSettings } from './price-settings.ts';
import { integerSetting } from './settings.ts';
import { tierSettings } from './tier-settings.ts';

const QUOTE_AGE_LIMITS = { min: 1, max: 86_400 };
const OPEN_ORDER_LIMITS = { min: 1, max: 1_000_000 };
/** The default maximum age of a quote, in ticks. */
const MAX_QUOTE_AGE_TICKS = 3;
/** The lowest default: with shorter ticks, a pause of the process would make quotes stale. */
const MIN_DEFAULT_QUOTE_AGE_SECONDS = 1;
/** The time within which another process makes prices after the leader has ended or hangs. */
const TAKEOVER_SECONDS = 5;

/** The trading settings. */
export const tradingSettings = z.object({
  /** The maximum age of a quote; an older one triggers and fills no order. */
  MAX_QUOTE_AGE_SECONDS: integerSetting(QUOTE_AGE_LIMITS).optional(),
  /** The maximum number of open orders of one user. */
  MAX_OPEN_ORDERS: integerSetting(OPEN_ORDER_LIMITS).default(DEFAULT_MAX_OPEN_ORDERS),
  /** `on` when this process executes open orders; one process per store is enough. */
  TRIGGER_ENGINE: z.enum(['on', 'off']).default('on'),
});

/**
 * The settings on which the maximum age of a quote depends. In each process they must equal those of the inventory
 * service.
 */
export const quoteAgeSettings = tradingSettings
  .pick({ MAX_QUOTE_AGE_SECONDS: true })
  .extend(priceSettings.pick({ PRICE_FEED: true, PRICE_TICK_MILLISECONDS: true }).shape);

/** The settings of a separate process of the order service. */
export const orderProcessSettings = tradingSettings.extend(quoteAgeSettings.shape).extend(tierSettings.shape);

/**
 * Returns the maximum age of a quote to trade at, in seconds: the setting, or three ticks. Without the setting it is at
 * least one second, and five where other processes make prices, so that orders are filled while one takes over.
 */
export function maxQuoteAgeSecondsOf(
  { MAX_QUOTE_AGE_SECONDS, PRICE_FEED, PRICE_TICK_MILLISECONDS }: z.output<typeof quoteAgeSettings>,
  { sharesStore }: { readonly sharesStore: boolean },
): number {
  if (MAX_QUOTE_AGE_SECONDS !== undefined) return MAX_QUOTE_AGE_SECONDS;
  const leastMilliseconds = PRICE_FEED === 'exchange' ? MIN_EXCHANGE_POLL_MILLISECONDS : 0;
  const tickMilliseconds = Math.max(PRICE_TICK_MILLISECONDS, leastMilliseconds);
  return Math.max(
    (MAX_QUOTE_AGE_TICKS * tickMilliseconds) / MILLISECONDS_PER_SECOND,
    sharesStore ? TAKEOVER_SECONDS : MIN_DEFAULT_QUOTE_AGE_SECONDS,
  );
}
