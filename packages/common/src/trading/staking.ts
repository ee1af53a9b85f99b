import { StateConflictError } from '@cnop/exception/errors';
import type { AssetId, IsoTime, Quantity, TransactionId, Username } from '../core/brands.ts';
import { isoTime } from '../core/brands.ts';
import { addSeconds } from '../core/clock.ts';
import type { Decimal } from '../core/money.ts';
import { decimal, decimalOfUnits, formatDecimal, formatQuantity, ZERO } from '../core/money.ts';
import type { Stake, StakeEntry, StakingRate } from '../entities/staking/stake.ts';
import { InsufficientBalanceError } from '../entities/user/balance-rules.ts';

/** A rate is of 365 days, in a leap year as well. */
const DAYS_OF_RATE = 365n;
const WHOLE_PERCENT = 100n;
/** Fraction digits of a product of units and a percentage. */
const ACCRUED_SCALE = 24;
const SECONDS_PER_DAY = 86_400;
const LENGTH_OF_DAY = 'YYYY-MM-DD'.length;
/** Unstaked units that one stake may have cooling down, in parts. */
const MAX_COOLING = 50;

/** Returns the day (UTC) of a time. */
export function dayOf(at: IsoTime): string {
  return at.slice(0, LENGTH_OF_DAY);
}

/** Returns the moment at which a day (UTC) ends and its reward is due. */
export function endOfDay(day: string): IsoTime {
  return isoTime(addSeconds(new Date(`${day}T00:00:00.000Z`), SECONDS_PER_DAY));
}

/** Returns the day after a day. */
export function dayAfter(day: string): string {
  return dayOf(endOfDay(day));
}

/**
 * Returns the rate of a day; undefined when none had been set.
 * @param rates of one asset, the oldest first
 */
export function rateOn(rates: readonly StakingRate[], day: string): StakingRate | undefined {
  return rates.findLast(({ from_day }) => from_day <= day);
}

/** A stake after one step, and the entry of its history. */
export interface StakeStep {
  readonly stake: Stake;
  readonly entry: StakeEntry;
}

/** Returns the stake of a position that has none. */
export function emptyStake(username: Username, asset_id: AssetId, at: IsoTime): Stake {
  const nothing = formatQuantity(ZERO);
  return {
    username,
    asset_id,
    staked_quantity: nothing,
    whole_day_quantity: nothing,
    day: null,
    accrued: nothing,
    cooling: [],
    rewards_total: nothing,
    entry_count: 0,
    created_at: at,
    updated_at: at,
  };
}

/** Adds units, which earn from the next day on. */
export function addToStake(stake: Stake, quantity: Quantity, at: IsoTime): StakeStep {
  const staked_quantity = formatQuantity(decimal(stake.staked_quantity).plus(quantity));
  const day = stake.day ?? dayOf(at);
  return step({ ...stake, staked_quantity, day }, { kind: 'stake', quantity, day, at });
}

/**
 * Takes units out, which cool down. They earn nothing for the day on which they are taken out.
 * @throws InsufficientBalanceError (422 BUS_001) when fewer are staked
 * @throws StateConflictError (409) when too many parts cool down
 */
export function takeFromStake(
  stake: Stake,
  quantity: Quantity,
  { at, cooldownDays }: { readonly at: IsoTime; readonly cooldownDays: number },
): StakeStep & { readonly releaseAt: IsoTime } {
  const left = decimal(stake.staked_quantity).minus(quantity);
  if (left.lt(ZERO)) {
    throw new InsufficientBalanceError(`staked ${stake.asset_id}`, {
      available: stake.staked_quantity,
      required: quantity,
      field: 'quantity',
    });
  }
  if (stake.cooling.length === MAX_COOLING)
    throw new StateConflictError('Too many parts of this stake cool down: wait until one is released.');
  const releaseAt = isoTime(addSeconds(new Date(at), cooldownDays * SECONDS_PER_DAY));
  const wholeDay = left.lt(stake.whole_day_quantity) ? left : decimal(stake.whole_day_quantity);
  const after: Stake = {
    ...stake,
    staked_quantity: formatQuantity(left),
    whole_day_quantity: formatQuantity(wholeDay),
    cooling: [...stake.cooling, { quantity, release_at: releaseAt }],
  };
  return { ...step(after, { kind: 'unstake', quantity, day: stake.day ?? dayOf(at), at }), releaseAt };
}

/** Releases the units whose cool-down ends by a moment; undefined when there are none. */
export function releaseCooling(
  stake: Stake,
  { until, at }: { readonly until: IsoTime; readonly at: IsoTime },
): (StakeStep & { readonly released: Decimal }) | undefined {
  const done = stake.cooling.filter(({ release_at }) => release_at <= until);
  if (done.length === 0) return undefined;
  const released = done.reduce((sum, { quantity }) => sum.plus(quantity), ZERO);
  const after = { ...stake, cooling: stake.cooling.filter(({ release_at }) => release_at > until) };
  const quantity = formatQuantity(released);
  return { ...step(after, { kind: 'release', quantity, day: dayOf(at), at }), released };
}

/** Ends a stake without a cool-down, as when its asset is delisted; what cools down goes on. */
export function endStake(stake: Stake, at: IsoTime): StakeStep & { readonly released: Decimal } {
  const nothing = formatQuantity(ZERO);
  const after = { ...stake, staked_quantity: nothing, whole_day_quantity: nothing, day: null };
  const { staked_quantity: quantity } = stake;
  return {
    ...step(after, { kind: 'release', quantity, day: dayOf(at), at }),
    released: decimal(quantity),
  };
}

/**
 * Computes the reward of the units staked for a whole day, to the smallest unit of the asset. The remainder is carried, so
 * that no part of a unit is lost over the days.
 */
export function rewardOf(
  { accrued, whole_day_quantity }: Pick<Stake, 'accrued' | 'whole_day_quantity'>,
  { ratePercent, scale }: { readonly ratePercent: string; readonly scale: number },
): { readonly reward: Decimal; readonly accrued: string } {
  const earned = decimal(accrued).plus(decimal(whole_day_quantity).times(ratePercent));
  const yearlyPercent = DAYS_OF_RATE * WHOLE_PERCENT;
  const units =
    (earned.unitsAt(ACCRUED_SCALE) * 10n ** BigInt(scale)) / (yearlyPercent * 10n ** BigInt(ACCRUED_SCALE));
  const reward = decimalOfUnits(units, scale);
  return { reward, accrued: formatDecimal(earned.minus(reward.times(String(yearlyPercent)))) };
}

/** Posts the reward of the day of a stake, which then earns for the next one. */
export function accrueDay(
  stake: Stake & { readonly day: string },
  {
    ratePercent,
    scale,
    id,
    at,
  }: {
    readonly ratePercent: string;
    readonly scale: number;
    readonly id: TransactionId;
    readonly at: IsoTime;
  },
): StakeStep & { readonly reward: Decimal; readonly earning: Decimal } {
  const earning = decimal(stake.whole_day_quantity);
  const { reward, accrued } = rewardOf(stake, { ratePercent, scale });
  const goesOn = decimal(stake.staked_quantity).gt(ZERO);
  const after: Stake = {
    ...stake,
    whole_day_quantity: stake.staked_quantity,
    day: goesOn ? dayAfter(stake.day) : null,
    accrued,
    rewards_total: formatQuantity(decimal(stake.rewards_total).plus(reward)),
  };
  const quantity = formatQuantity(reward);
  const transaction_id = reward.gt(ZERO) ? id : null;
  const { day } = stake;
  return {
    reward,
    earning,
    ...step(after, { kind: 'reward', quantity, day, at, ratePercent, transaction_id }),
  };
}

function step(
  stake: Stake,
  {
    at,
    ratePercent = null,
    transaction_id = null,
    ...entry
  }: Pick<StakeEntry, 'kind' | 'quantity' | 'day'> & {
    readonly at: IsoTime;
    readonly ratePercent?: string | null;
    readonly transaction_id?: TransactionId | null;
  },
): StakeStep {
  const { username, asset_id, staked_quantity } = stake;
  const sequence = stake.entry_count + 1;
  return {
    stake: { ...stake, entry_count: sequence, updated_at: at },
    entry: {
      username,
      asset_id,
      sequence,
      staked_quantity,
      rate_percent: ratePercent,
      transaction_id,
      occurred_at: at,
      ...entry,
    },
  };
}
