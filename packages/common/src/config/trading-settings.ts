import { z } from 'zod';
import { DEFAULT_MAX_OPEN_ORDERS } from '../entities/order/order.ts';
import { integerSetting } from './settings.ts';

const QUOTE_AGE_LIMITS = { min: 1, max: 86_400 };
const OPEN_ORDER_LIMITS = { min: 1, max: 1_000_000 };

/** What the order service trades by. */
export const tradingSettings = z.object({
  /** A price that is older fires no order and executes none. */
  MAX_QUOTE_AGE_SECONDS: integerSetting(QUOTE_AGE_LIMITS).default(15),
  /** How many open orders one user may have. */
  MAX_OPEN_ORDERS: integerSetting(OPEN_ORDER_LIMITS).default(DEFAULT_MAX_OPEN_ORDERS),
  /** Whether this process executes waiting orders; of all processes over one store, one is enough. */
  TRIGGER_ENGINE: z.enum(['on', 'off']).default('on'),
});
