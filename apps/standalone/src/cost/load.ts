import { z } from 'zod';

/** A described load on the platform. Everything but users and orders has a default. */
export const loadSchema = z.strictObject({
  /** Accounts. */
  users: z.number().int().positive(),
  /** Orders placed a day. */
  orders_a_day: z.number().int().nonnegative(),
  /** Orders that are open at a usual moment. */
  open_orders: z.number().int().nonnegative().default(0),
  /** Live streams that are open at a usual moment. */
  streams: z.number().int().nonnegative().default(0),
  /** The part of the users who sign in on a day. */
  active_share: z.number().min(0).max(1).default(0.1),
  /** The part of the orders that are open before they end. */
  open_share: z.number().min(0).max(1).default(0.3),
  /** The part of the open orders that end by a cancellation. */
  cancelled_share: z.number().min(0).max(1).default(0.5),
  /** The part of the orders for the asset that is traded most. */
  hottest_asset_share: z.number().min(0).max(1).default(0.3),
  /** How many times the average the busiest second of a day has. */
  peak_factor: z.number().min(1).default(5),
  /** Processes that read the prices each second: those of the inventory, order and user service. */
  processes: z.number().int().positive().default(6),
  tick_seconds: z.number().positive().default(1),
  persist_seconds: z.number().positive().default(5),
  /** `TRIGGER_INDEX_SHARDS` and `AUDIT_INDEX_SHARDS`. */
  trigger_shards: z.number().int().positive().default(1),
  audit_shards: z.number().int().positive().default(1),
});
export type Load = z.output<typeof loadSchema>;

const SECONDS_PER_MINUTE = 60;
export const SECONDS_PER_DAY = 24 * 60 * SECONDS_PER_MINUTE;
const ASSETS = 50;
/** Inventory, order and user service; each process of the order service has an engine. */
const SERVICES = 3;
const SIGN_UPS_A_DAY = 0.002;
/** An hour of use: an access token lasts a quarter of it. */
const RENEWALS_A_VISIT = 4;
const DEPOSITS_A_VISIT = 0.05;
const PORTFOLIOS_A_VISIT = 10;
const LISTS_A_VISIT = 5;
const BALANCES_AN_ORDER = 2;
/** Requests of one visit that find their session older than a second. */
const SESSION_CHECKS_A_VISIT = 60;

/** What happens in every second alike. */
export const STEADY_OPERATIONS: ReadonlySet<string> = new Set([
  'a live stream, a second',
  'engine asleep, a second',
  'engine awake, a second without quotes',
  'engine awake, a quote of an asset',
  'lease of the prices, a renewal',
  'readiness of a process, a check',
  'prices: one tick of 55 assets',
  'candles: one write of 55 assets',
  'candles: the end of a minute of 55 assets',
  'catalogue of 55 assets, once a minute and process',
  'prices of 55 assets, once a second and process',
]);

/** Returns how often each operation happens on a day of a load, by the name of the operation. */
export function operationsADay(load: Load): ReadonlyMap<string, number> {
  const visits = load.users * load.active_share;
  const opened = load.orders_a_day * load.open_share;
  const filledAtOnce = load.orders_a_day - opened;
  const cancelled = opened * load.cancelled_share;
  const triggered = opened - cancelled;
  const isTrading = load.open_orders > 0;
  const engines = load.processes / SERVICES;
  // An engine that lags behind another one processes about half of the quotes.
  const quotes = ((ASSETS * SECONDS_PER_DAY) / load.tick_seconds) * (1 + (engines - 1) / 2);
  return new Map([
    ['sign-up', load.users * SIGN_UPS_A_DAY],
    ['sign-in', visits],
    ['renewal of tokens', visits * RENEWALS_A_VISIT],
    ['check of a session, once a second and process', visits * SESSION_CHECKS_A_VISIT],
    ['deposit with key', visits * DEPOSITS_A_VISIT],
    ['market buy with key', filledAtOnce / 2],
    ['market sale with key', filledAtOnce / 2],
    ['limit buy with key, accepted', opened / 2],
    ['limit sale with key, accepted', opened / 2],
    ['limit buy, cancelled', cancelled / 2],
    ['limit sale, cancelled', cancelled / 2],
    ['limit buy, triggered', triggered / 2],
    ['limit sale, triggered', triggered / 2],
    ['order', load.orders_a_day],
    ['balance', load.orders_a_day * BALANCES_AN_ORDER],
    ['portfolio of two assets', visits * PORTFOLIOS_A_VISIT],
    ['list of orders, page of 20', visits * LISTS_A_VISIT],
    ['a live stream, a second', load.streams * SECONDS_PER_DAY],
    [
      isTrading ? 'engine awake, a second without quotes' : 'engine asleep, a second',
      engines * SECONDS_PER_DAY,
    ],
    ...(isTrading ? [['engine awake, a quote of an asset', quotes] as const] : []),
    ['lease of the prices, a renewal', SECONDS_PER_DAY],
    ['readiness of a process, a check', SECONDS_PER_DAY * load.processes],
    ['prices: one tick of 55 assets', SECONDS_PER_DAY / load.tick_seconds],
    ['candles: one write of 55 assets', SECONDS_PER_DAY / load.persist_seconds],
    ['candles: the end of a minute of 55 assets', SECONDS_PER_DAY / SECONDS_PER_MINUTE],
    [
      'catalogue of 55 assets, once a minute and process',
      (SECONDS_PER_DAY / SECONDS_PER_MINUTE) * load.processes,
    ],
    ['prices of 55 assets, once a second and process', SECONDS_PER_DAY * load.processes],
  ]);
}
