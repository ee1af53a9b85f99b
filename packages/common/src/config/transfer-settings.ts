import { z } from 'zod';
import type { Usd } from '../core/brands.ts';
import { usdInput } from '../entities/fields.ts';
import { integerSetting } from './settings.ts';

const DAILY_COUNT_LIMITS = { min: 0, max: 1_000_000 };

/** The settings of transfers between users. */
export const transferSettings = z.object({
  /** USD that one user may transfer in a day (UTC); without it there is no limit. */
  MAX_DAILY_TRANSFER_USD: usdInput({ sign: 'non-negative' }).optional(),
  /** Transfers that one user may send in a day (UTC); without it there is no limit. */
  MAX_DAILY_TRANSFERS: integerSetting(DAILY_COUNT_LIMITS).optional(),
});

/** What one user may transfer in a day (UTC). An absent member is no limit. */
export interface TransferLimits {
  /** USD. */
  readonly dailyAmount?: Usd | undefined;
  readonly dailyCount?: number | undefined;
}

/** Returns the limits of transfers. */
export function transferLimitsOf({
  MAX_DAILY_TRANSFER_USD,
  MAX_DAILY_TRANSFERS,
}: z.output<typeof transferSettings>): TransferLimits {
  return { dailyAmount: MAX_DAILY_TRANSFER_USD, dailyCount: MAX_DAILY_TRANSFERS };
}
