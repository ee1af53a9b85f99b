import { z } from 'zod';
import { decimal } from '../../core/money.ts';
import {
  assetIdSchema,
  decimalInput,
  nonNegativeDecimalSchema,
  timestampSchema,
  usernameSchema,
} from '../fields.ts';

/** Fraction digits of a target in percent. */
const TARGET_SCALE = 2;
/** Assets of one allocation. */
const MAX_TARGETS = 50;
const WHOLE = '100';

/** How a user wants to divide a portfolio: percentages of cash and of assets, which sum up to 100. */
export const targetAllocationSchema = z.object({
  username: usernameSchema,
  /** The percentage of cash. */
  cash: nonNegativeDecimalSchema,
  assets: z.array(z.object({ asset_id: assetIdSchema, percentage: nonNegativeDecimalSchema })),
  updated_at: timestampSchema,
});
export type TargetAllocation = z.infer<typeof targetAllocationSchema>;

const percentageInput = (sign: 'positive' | 'non-negative') =>
  decimalInput({ scale: TARGET_SCALE, max: WHOLE, sign });

/** A target allocation in a request. */
export const targetAllocationInput = z
  .strictObject({
    cash: percentageInput('non-negative').describe('The percentage of cash.'),
    assets: z
      .array(z.strictObject({ asset_id: assetIdSchema, percentage: percentageInput('positive') }))
      .max(MAX_TARGETS)
      .describe('The percentage of each asset; others should have none.'),
  })
  .refine(({ assets }) => new Set(assets.map(({ asset_id }) => asset_id)).size === assets.length, {
    error: 'Name each asset once.',
    path: ['assets'],
    params: { code: 'duplicate' },
    abort: true,
  })
  .refine(
    ({ cash, assets }) =>
      assets.reduce((sum, { percentage }) => sum.plus(percentage), decimal(cash)).eq(WHOLE),
    { error: 'The percentages must sum up to 100.', path: ['assets'], params: { code: 'invalid_sum' } },
  );
