import { z } from 'zod';
import { integerSetting } from './settings.ts';

const QUOTE_AGE_LIMITS = { min: 1, max: 86_400 };

/** What the order service trades by. */
export const tradingSettings = z.object({
  /** A price that is older fires no order and executes none. */
  MAX_QUOTE_AGE_SECONDS: integerSetting(QUOTE_AGE_LIMITS).default(15),
  /** Whether this process executes waiting orders; of all processes over one store, one is enough. */
  TRIGGER_ENGINE: z.enum(['on', 'off']).default('on'),
});
