import type { Decimal } from '@cnop/common/core/money';
import { decimal, decimalOfUnits, formatDecimal, ZERO } from '@cnop/common/core/money';
import type { Stake, StakeEntry, StakingRate } from '@cnop/common/entities/staking/stake';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

const PERCENT_DAYS = 36_500n;
const SCALE = 24;
const DAY_MILLISECONDS = 86_400_000;

/** A stake as its history leaves it. */
export interface StakeState {
  readonly sequence: number;
  readonly staked: Decimal;
  readonly wholeDay: Decimal;
  readonly day: string | null;
  readonly accrued: Decimal;
  readonly cooling: Decimal;
  readonly rewards: Decimal;
}

export const NO_STAKE: StakeState = {
  sequence: 0,
  staked: ZERO,
  wholeDay: ZERO,
  day: null,
  accrued: ZERO,
  cooling: ZERO,
  rewards: ZERO,
};

/** Follows the next entry of the history of a stake and checks it. */
export function followStake(
  state: StakeState,
  { key, entity }: StoredOf<'step of a stake'>,
  scale: number | undefined,
): { readonly state: StakeState; readonly violations: Violation[] } {
  const violations: Violation[] = [];
  const next = afterStep(state, entity);
  if (entity.sequence !== state.sequence + 1) {
    const text = `It is number ${entity.sequence} after ${state.sequence}.`;
    violations.push(violation('stake-sequence', [key], text));
  }
  if (!next.staked.eq(entity.staked_quantity) || next.staked.lt(ZERO) || next.cooling.lt(ZERO)) {
    const text = `It leaves ${entity.staked_quantity} staked, but ${formatDecimal(next.staked)} follows.`;
    violations.push(violation('stake-amount', [key], text));
  }
  if (entity.kind === 'reward') violations.push(...checkReward(state, { key, entity }, scale));
  return {
    state: { ...next, sequence: entity.sequence, staked: decimal(entity.staked_quantity) },
    violations,
  };
}

function afterStep(state: StakeState, entry: StakeEntry): StakeState {
  const { kind, quantity } = entry;
  switch (kind) {
    case 'stake':
      return { ...state, staked: state.staked.plus(quantity), day: state.day ?? entry.day };
    case 'unstake': {
      const staked = state.staked.minus(quantity);
      const wholeDay = staked.lt(state.wholeDay) ? staked : state.wholeDay;
      return { ...state, staked, wholeDay, cooling: state.cooling.plus(quantity) };
    }
    case 'release': {
      // A stake whose asset is delisted ends without a cool-down.
      const isEnd = state.staked.gt(entry.staked_quantity);
      return isEnd
        ? { ...state, staked: state.staked.minus(quantity), wholeDay: ZERO, day: null }
        : { ...state, cooling: state.cooling.minus(quantity) };
    }
    case 'reward': {
      const earned = state.accrued.plus(state.wholeDay.times(entry.rate_percent ?? '0'));
      return {
        ...state,
        wholeDay: state.staked,
        day: state.staked.gt(ZERO) ? nextDay(entry.day) : null,
        accrued: earned.minus(decimal(quantity).times(String(PERCENT_DAYS))),
        rewards: state.rewards.plus(quantity),
      };
    }
  }
}

function checkReward(
  state: StakeState,
  { key, entity }: Pick<StoredOf<'step of a stake'>, 'key' | 'entity'>,
  scale: number | undefined,
): Violation[] {
  if (entity.day !== state.day)
    return [
      violation('stake-reward', [key], `It is for ${entity.day}, but ${state.day ?? 'no day'} is due.`),
    ];
  // `asset-scale` reports a missing asset.
  if (scale === undefined) return [];
  const due = rewardDue(state, entity.rate_percent ?? '0', scale);
  if (due.eq(entity.quantity)) return [];
  const text = `${formatDecimal(state.wholeDay)} at ${entity.rate_percent} % earn ${formatDecimal(due)}, not ${entity.quantity}.`;
  return [violation('stake-reward', [key], text)];
}

/** Computes a reward: what is earned and was not posted, in whole smallest units of the asset. */
function rewardDue({ accrued, wholeDay }: StakeState, ratePercent: string, scale: number): Decimal {
  const earned = accrued.plus(wholeDay.times(ratePercent)).unitsAt(SCALE);
  return decimalOfUnits((earned * 10n ** BigInt(scale)) / (PERCENT_DAYS * 10n ** BigInt(SCALE)), scale);
}

function nextDay(day: string): string {
  return new Date(Date.parse(day) + DAY_MILLISECONDS).toISOString().slice(0, day.length);
}

/** Checks that a reward was computed at the rate of its day. */
export function checkRewardRate(
  { key, entity }: StoredOf<'step of a stake'>,
  rates: readonly StakingRate[],
): Violation[] {
  if (entity.kind !== 'reward') return [];
  const rate = rates
    .filter(({ asset_id, from_day }) => asset_id === entity.asset_id && from_day <= entity.day)
    .toSorted((one, other) => (one.from_day < other.from_day ? -1 : 1))
    .at(-1);
  const due = rate?.rate_percent ?? '0';
  if (entity.rate_percent !== null && decimal(entity.rate_percent).eq(due)) return [];
  return [
    violation(
      'stake-rate',
      [key],
      `The rate of ${entity.day} is ${due} %, not ${entity.rate_percent ?? 'none'}.`,
    ),
  ];
}

/** Returns the units of a position that a stake holds: staked, and cooling down. */
export function stakedUnits(stake: Stake | undefined): Decimal {
  return stake ? coolingOf(stake).plus(stake.staked_quantity) : ZERO;
}

function coolingOf({ cooling }: Stake): Decimal {
  return cooling.reduce((sum, { quantity }) => sum.plus(quantity), ZERO);
}

/** Returns what a stake states about its history, in the words of `historyText`. */
export function stakeText(stake: Stake): string {
  return historyText({
    sequence: stake.entry_count,
    staked: decimal(stake.staked_quantity),
    wholeDay: decimal(stake.whole_day_quantity),
    day: stake.day,
    accrued: decimal(stake.accrued),
    cooling: coolingOf(stake),
    rewards: decimal(stake.rewards_total),
  });
}

/** Returns the end of the history of a stake as a statement. */
export function historyText(state: StakeState): string {
  const { staked, wholeDay, accrued, cooling, rewards } = state;
  const amounts = [staked, wholeDay, accrued, cooling, rewards].map(formatDecimal);
  return [state.sequence, state.day ?? '-', ...amounts].join(' ');
}

/** Compares a stake with the end of its history. */
export function checkStake(
  stake: StoredOf<'stake'> | undefined,
  entries: readonly StoredOf<'step of a stake'>[],
): Violation[] {
  const ordered = entries.toSorted((one, other) => one.entity.sequence - other.entity.sequence);
  const end = ordered.reduce((state, entry) => followStake(state, entry, undefined).state, NO_STAKE);
  const keys = stake ? [stake.key] : ordered.slice(-1).map(({ key }) => key);
  const [stated, due] = [stake ? stakeText(stake.entity) : 'missing', historyText(end)];
  return stated === due
    ? []
    : [violation('stake-state', keys, `It is ${stated}, but its history ends at ${due}.`)];
}

/** Checks that the reward of an entry is one asset transaction, of the same units. */
export function checkRewardTransaction(
  entries: readonly StoredOf<'step of a stake'>[],
  transactions: readonly StoredOf<'asset transaction'>[],
): Violation[] {
  const keys = [...entries, ...transactions].map(({ key }) => key);
  const [entry, transaction] = [entries[0]?.entity, transactions[0]?.entity];
  const isOne = entries.length === 1 && transactions.length === 1;
  if (isOne && entry && transaction && rewardText(entry) === rewardText(transaction)) return [];
  const text = `There are ${entries.length} entries and ${transactions.length} transactions that should be one of each, and equal.`;
  return [violation('stake-posting', keys, text)];
}

/** Returns what a reward states in the history of a stake and as an asset transaction. */
export function rewardText(reward: Pick<StakeEntry, 'username' | 'asset_id' | 'quantity'>): string {
  return [reward.username, reward.asset_id, reward.quantity].join(' ');
}
