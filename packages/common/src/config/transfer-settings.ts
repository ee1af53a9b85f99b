import { z } from 'zod';
import { usdInput } from '../entities/fields.ts';
import type { TransferLimits } from '../entities/user/transfer-rules.ts';
import { integerSetting } from './settings.ts';

const DAILY_COUNT_LIMITS = { min: 0, max: 1_000_000 };

/** The settings of transfers between users. */
export const transferSettings = z.object({
  /** USD that one user may transfer in a day (UTC); without it there is no limit. */
  MAX_DAILY_TRANSFER_USD: usdInput({ sign: 'non-negative' }).optional(),
  /** Transfers that one user may send in a day (UTC); without it there is no limit. */
  MAX_DAILY_TRANSFERS: integerSetting(DAILY_COUNT_LIMITS).optional(),
});

/** Returns the limits of transfers. */
export function transferLimitsOf({
  MAX_DAILY_TRANSFER_USD,
  MAX_DAILY_TRANSFERS,
}: z.output<typeof transferSettings>): TransferLimits {
  return { dailyAmount: MAX_DAILY_TRANSFER_USD, dailyCount: MAX_DAILY_TRANSFERS };
}
