import type { AssetId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { formatQuantity } from '@cnop/common/core/money';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import { readStakeHistory, readStakes, readStakingRates } from '@cnop/common/dao/staking/staking-dao';
import { assetIdSchema, timestampSchema } from '@cnop/common/entities/fields';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Stake, StakeEntry, StakingRate } from '@cnop/common/entities/staking/stake';
import { stakeEntrySchema, stakeSchema, stakingRateSchema } from '@cnop/common/entities/staking/stake';
import { dayAfter, dayOf, endOfDay, rateOn, rewardOf } from '@cnop/common/trading/staking';
import { z } from 'zod';
import type { StakingDeps } from './accrue-rewards.ts';

const rateTermsSchema = stakingRateSchema.pick({ from_day: true, rate_percent: true, cooldown_days: true });

/** An asset that may be staked, or that the user has staked. */
export const stakedAssetSchema = z.object({
  asset_id: assetIdSchema,
  rate: rateTermsSchema.nullable().describe('The rate of today; null before the first one.'),
  next_rate: rateTermsSchema.nullable().describe('The rate from tomorrow on, when it is another one.'),
  staked_quantity: z.string(),
  cooling: stakeSchema.shape.cooling.describe('Units that are available again at a time.'),
  rewards_total: z.string().describe('Units of all rewards to date.'),
  next_reward: z
    .object({ day: z.iso.date(), quantity: z.string(), posted_at: timestampSchema })
    .nullable()
    .describe('The reward of the present day, if nothing is taken out before it ends.'),
});
export type StakedAsset = z.infer<typeof stakedAssetSchema>;

export const stakeEntryResponseSchema = stakeEntrySchema.omit({ username: true });

/** Reads every asset that may be staked, or that the user has staked, by asset id. */
export async function readStaking(deps: StakingDeps, username: Username): Promise<StakedAsset[]> {
  const [stakes, rates] = await Promise.all([readStakes(deps.store, username), readStakingRates(deps.store)]);
  const today = dayOf(isoTime(deps.clock.now()));
  const open = new Set(rates.map(({ asset_id }) => asset_id));
  const staked = new Map(stakes.map((stake) => [stake.asset_id, stake]));
  const assets = await deps.assets.getAssetsByIds([...new Set([...open, ...staked.keys()])]);
  return [...assets.values()]
    .toSorted((one, other) => (one.asset_id < other.asset_id ? -1 : 1))
    .flatMap((asset) => {
      const own = rates.filter(({ asset_id }) => asset_id === asset.asset_id);
      const stake = staked.get(asset.asset_id);
      const shown = stakedAssetOf(asset, { stake, rates: own, today });
      const isOpen = ((shown.next_rate ?? shown.rate)?.rate_percent ?? null) !== null;
      return stake || isOpen ? [shown] : [];
    });
}

function stakedAssetOf(
  asset: Asset,
  {
    stake,
    rates,
    today,
  }: { readonly stake: Stake | undefined; readonly rates: readonly StakingRate[]; readonly today: string },
): StakedAsset {
  const rate = rateOn(rates, today);
  const next = rateOn(rates, dayAfter(today));
  return {
    asset_id: asset.asset_id,
    rate: rate ? termsOf(rate) : null,
    next_rate: next && next !== rate ? termsOf(next) : null,
    staked_quantity: stake?.staked_quantity ?? '0',
    cooling: stake?.cooling ?? [],
    rewards_total: stake?.rewards_total ?? '0',
    next_reward: stake ? nextRewardOf(stake, rates, asset.quantity_scale) : null,
  };
}

function termsOf({ from_day, rate_percent, cooldown_days }: StakingRate) {
  return { from_day, rate_percent, cooldown_days };
}

function nextRewardOf(
  stake: Stake,
  rates: readonly StakingRate[],
  scale: number,
): StakedAsset['next_reward'] {
  const { day } = stake;
  if (day === null) return null;
  const ratePercent = rateOn(rates, day)?.rate_percent ?? '0';
  const { reward } = rewardOf(stake, { ratePercent, scale });
  return { day, quantity: formatQuantity(reward), posted_at: endOfDay(day) };
}

/**
 * Lists the history of a stake, newest first.
 * @throws NotFoundError (404) for an unknown asset
 */
export async function readHistory(
  { store, assets }: Pick<StakingDeps, 'store' | 'assets'>,
  key: { readonly username: Username; readonly assetId: AssetId },
  page: PageRequest,
): Promise<Page<StakeEntry>> {
  await assets.assertKnown([key.assetId]);
  return readStakeHistory(store, key, page);
}
