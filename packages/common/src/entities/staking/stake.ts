import { z } from 'zod';
import {
  assetIdSchema,
  nonNegativeDecimalSchema,
  nonNegativeQuantitySchema,
  quantitySchema,
  timestampSchema,
  transactionIdSchema,
  usernameSchema,
} from '../fields.ts';

/** The most days that unstaked units may cool down. */
export const MAX_COOLDOWN_DAYS = 365;

/** What staking an asset brings from a day (UTC) on, as staff set it. The last one that is not later than a day is its rate. */
export const stakingRateSchema = z.object({
  asset_id: assetIdSchema,
  from_day: z.iso.date(),
  /** Percent a year, on 365 days; null closes the asset for staking, and what is staked earns nothing. */
  rate_percent: nonNegativeDecimalSchema.nullable(),
  cooldown_days: z.int().min(0).max(MAX_COOLDOWN_DAYS),
  set_by: usernameSchema,
  set_at: timestampSchema,
});
export type StakingRate = z.infer<typeof stakingRateSchema>;

/** A product of units and a percentage: exact, with the digits of both. */
const accruedSchema = z.string().regex(/^\d{1,24}(?:\.\d{1,24})?$/, 'This is not a decimal.');

const coolingSchema = z.object({ quantity: quantitySchema, release_at: timestampSchema });

/** The units of a position that its user has staked. They are part of `held_quantity`, as are those that cool down. */
export const stakeSchema = z.object({
  username: usernameSchema,
  asset_id: assetIdSchema,
  /** Units that earn from the next day on. */
  staked_quantity: nonNegativeQuantitySchema,
  /** Units that have been staked since the beginning of `day`. */
  whole_day_quantity: nonNegativeQuantitySchema,
  /** The first day (UTC) whose reward is not posted; null while nothing earns. */
  day: z.iso.date().nullable(),
  /** What is earned and not posted yet, being less than the smallest unit: units x percent x days. */
  accrued: accruedSchema,
  /** Unstaked units that are not available yet. */
  cooling: z.array(coolingSchema),
  /** Units of all rewards. */
  rewards_total: nonNegativeQuantitySchema,
  /** The number of entries of its history; the next one has this plus one as its `sequence`. */
  entry_count: z.int().min(0),
  created_at: timestampSchema,
  updated_at: timestampSchema,
});
export type Stake = z.infer<typeof stakeSchema>;

/** One step of the history of a stake. */
export const stakeEntrySchema = z.object({
  username: usernameSchema,
  asset_id: assetIdSchema,
  /** From 1 without gaps. */
  sequence: z.int().min(1),
  kind: z.enum(['stake', 'unstake', 'release', 'reward']),
  /** The units that the step moved; 0 for the reward of a day that brought none. */
  quantity: nonNegativeQuantitySchema,
  /** The units staked after it. */
  staked_quantity: nonNegativeQuantitySchema,
  /** The day (UTC) of the step, or whose reward it is. */
  day: z.iso.date(),
  /** Percent a year, of a reward; null for other steps. */
  rate_percent: nonNegativeDecimalSchema.nullable(),
  /** The asset transaction of a reward; null without one. */
  transaction_id: transactionIdSchema.nullable(),
  occurred_at: timestampSchema,
});
export type StakeEntry = z.infer<typeof stakeEntrySchema>;
