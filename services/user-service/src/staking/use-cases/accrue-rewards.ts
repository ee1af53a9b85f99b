import type { AssetId, IsoTime, Username } from '@cnop/common/core/brands';
import { isoTime, knownAssetId } from '@cnop/common/core/brands';
import { formatQuantity, ZERO } from '@cnop/common/core/money';
import { assetBalanceRecord, assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import type { DueWork } from '@cnop/common/dao/schedule/due-work-dao';
import {
  doneWork,
  dueWorkRecord,
  ownedSubject,
  readOwnedSubject,
} from '@cnop/common/dao/schedule/due-work-dao';
import { readStakingRates, stakeEntryRecord, stakeRecord } from '@cnop/common/dao/staking/staking-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { ReadItems, Write } from '@cnop/common/database/table-store';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Stake } from '@cnop/common/entities/staking/stake';
import type { Balance } from '@cnop/common/entities/user/balance';
import { LEDGER_ACCOUNTS } from '@cnop/common/entities/user/balance-rules';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import { heldUnits } from '@cnop/common/trading/holds';
import type { StakeStep } from '@cnop/common/trading/staking';
import { accrueDay, dayOf, endOfDay, endStake, rateOn, releaseCooling } from '@cnop/common/trading/staking';
import { receiveUnits } from '@cnop/common/trading/unit-movements';
import { InternalError } from '@cnop/exception/errors';
import type { UserDependencies } from '../../use-cases/dependencies.ts';

export type StakingDeps = Pick<UserDependencies, 'store' | 'clock' | 'ids' | 'assets' | 'quotes'>;

/** The user and the asset of a stake. */
export interface StakeKey {
  readonly username: Username;
  readonly assetId: AssetId;
}

/** Returns the work that posts the reward of a day of a stake, when that day has ended. */
export function rewardWork({ username, assetId }: StakeKey, day: string): DueWork {
  return { kind: 'staking_rewards', due_at: endOfDay(day), subject: ownedSubject(username, assetId) };
}

/** Returns the work that releases units at the end of their cool-down. */
export function releaseWork({ username, assetId }: StakeKey, due_at: IsoTime): DueWork {
  return { kind: 'staking_release', due_at, subject: ownedSubject(username, assetId) };
}

function stakeKeyOf(work: DueWork): StakeKey {
  const { username, id } = readOwnedSubject(work);
  return { username, assetId: knownAssetId(id) };
}

/** Returns the keys of what every step of a stake reads. */
export function stakeReads({ username, assetId: asset_id }: StakeKey) {
  return {
    balance: balanceRecord.key({ username }),
    holding: assetBalanceRecord.key({ username, asset_id }),
    stake: stakeRecord.key({ username, asset_id }),
  };
}

/** What every step of a stake decides on. */
export interface StakedAccount {
  readonly balance: Balance;
  readonly holding: StoredAssetBalance;
  readonly stake: Stake;
}

/** @throws InternalError when one of the items is missing: a stake is part of a position */
function stakedAccountOf(items: ReadItems<ReturnType<typeof stakeReads>>): StakedAccount {
  const balance = balanceRecord.readIfPresent(items.balance);
  const holding = assetBalanceRecord.readIfPresent(items.holding);
  const stake = stakeRecord.readIfPresent(items.stake);
  if (balance && holding && stake) return { balance, holding, stake };
  throw new InternalError(new Error('staking work without its stake'));
}

/** Returns the writes of a step of a stake, with its position and its event. */
export function stepWrites(
  balance: Balance,
  holding: StoredAssetBalance,
  { stake, entry }: StakeStep,
  { eventId, at }: { readonly eventId: Parameters<typeof nextEvent>[1]['id']; readonly at: IsoTime },
): Write[] {
  const next = nextEvent(balance, { type: 'holding.changed', id: eventId, at, holding });
  return [
    balanceRecord.replace(next.balance),
    assetBalanceRecord.replace(holding),
    stakeRecord.replace(stake),
    stakeEntryRecord.create(entry),
    liveEventRecord.create(next.event),
  ];
}

/**
 * Posts the reward of the day that some work is about, and plans the next day. The commit ends the work, so each day is
 * posted once. Ends the stake instead when its asset was delisted before that day ended.
 * @see docs/reference/staking.md
 */
export async function postReward(deps: StakingDeps, work: DueWork): Promise<void> {
  const key = stakeKeyOf(work);
  const [asset, rates] = await Promise.all([
    deps.assets.getAsset(key.assetId),
    readStakingRates(deps.store, key.assetId),
  ]);
  if (!asset) throw new InternalError(new Error(`a stake in ${key.assetId}, which is not in the catalogue`));
  const at = isoTime(deps.clock.now());
  const [id, eventId] = [deps.ids.next(), deps.ids.next()];
  const latest = deps.quotes.latest(asset.asset_id);
  const mid = latest && latest.at >= asset.last_price_update ? latest.mid : asset.current_price;
  const nextDay = dayOf(work.due_at);
  await deps.store.transact(
    {
      ...stakeReads(key),
      work: dueWorkRecord.key(work),
      next: dueWorkRecord.key(rewardWork(key, nextDay)),
    },
    (items) => {
      if (!items.work) return { writes: [], result: undefined };
      const { balance, holding, stake } = stakedAccountOf(items);
      const { day } = stake;
      if (day === null || endOfDay(day) !== work.due_at)
        throw new InternalError(
          new Error(`${work.subject} is due at ${work.due_at}, not for ${day ?? 'no day'}`),
        );
      if (asset.delisted_at !== null && asset.delisted_at < work.due_at) {
        const ended = endStake(stake, at);
        const writes = stepWrites(balance, heldUnits(holding, ended.released.neg(), at), ended, {
          eventId,
          at,
        });
        return { writes: [...writes, doneWork(work)], result: undefined };
      }
      const ratePercent = rateOn(rates, day)?.rate_percent ?? '0';
      const accrued = accrueDay({ ...stake, day }, { ratePercent, scale: asset.quantity_scale, id, at });
      const plan =
        accrued.stake.day === null ? [] : [dueWorkRecord.create(rewardWork(key, accrued.stake.day))];
      if (!accrued.reward.gt(ZERO)) {
        const writes = [stakeRecord.replace(accrued.stake), stakeEntryRecord.create(accrued.entry)];
        return { writes: [...writes, doneWork(work), ...plan], result: undefined };
      }
      const received = receiveUnits(
        holding,
        {
          type: 'staking',
          username: key.username,
          assetId: key.assetId,
          quantity: accrued.reward,
          counterpart: LEDGER_ACCOUNTS.staking,
          mid,
          description: `Staking reward for ${day}: ${ratePercent} % a year on ${formatQuantity(accrued.earning)}`,
          id,
          at,
        },
        ZERO,
      );
      return {
        writes: [
          ...stepWrites(balance, received.holding, accrued, { eventId, at }),
          assetTransactionRecord.create(received.assetTransaction),
          doneWork(work),
          ...plan,
        ],
        result: undefined,
      };
    },
  );
}

/** Releases units whose cool-down has ended. The commit ends the work. */
export async function releaseUnits(deps: StakingDeps, work: DueWork): Promise<void> {
  const key = stakeKeyOf(work);
  const at = isoTime(deps.clock.now());
  const eventId = deps.ids.next();
  await deps.store.transact({ ...stakeReads(key), work: dueWorkRecord.key(work) }, (items) => {
    if (!items.work) return { writes: [], result: undefined };
    const { balance, holding, stake } = stakedAccountOf(items);
    const released = releaseCooling(stake, { until: work.due_at, at });
    if (!released) return { writes: [doneWork(work)], result: undefined };
    const writes = stepWrites(balance, heldUnits(holding, released.released.neg(), at), released, {
      eventId,
      at,
    });
    return { writes: [...writes, doneWork(work)], result: undefined };
  });
}

/** Posts all rewards of a stake that are due, so that a change of it decides on the present day. */
export async function catchUp(deps: StakingDeps, key: StakeKey): Promise<void> {
  for (;;) {
    const stake = stakeRecord.readIfPresent(
      await deps.store.get(stakeRecord.key({ username: key.username, asset_id: key.assetId })),
    );
    if (!stake || stake.day === null || stake.day >= dayOf(isoTime(deps.clock.now()))) return;
    await postReward(deps, rewardWork(key, stake.day));
  }
}
