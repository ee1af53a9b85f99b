import { withChanges } from '@cnop/common/auth/audit-event';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { AssetId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { readStakingRates, stakingRateRecord } from '@cnop/common/dao/staking/staking-dao';
import type { StakingRate } from '@cnop/common/entities/staking/stake';
import { dayAfter, dayOf, rateOn } from '@cnop/common/trading/staking';
import { NotFoundError } from '@cnop/exception/errors';
import type { UserDependencies } from '../../use-cases/dependencies.ts';

interface SetRate {
  readonly assetId: AssetId;
  /** Percent a year; null closes the asset for staking. */
  readonly ratePercent: string | null;
  readonly cooldownDays: number;
  readonly actor: Username;
  readonly origin: RequestOrigin;
}

/**
 * Sets the rate of staking an asset from the next day (UTC) on, with an audit event in the same commit. A second rate on one
 * day replaces the first one, which has not begun.
 * @throws NotFoundError (404) for an unknown asset
 */
export async function setStakingRate(
  { store, clock, audit, assets }: Pick<UserDependencies, 'store' | 'clock' | 'audit' | 'assets'>,
  { assetId: asset_id, ratePercent, cooldownDays, actor, origin }: SetRate,
): Promise<StakingRate> {
  // An asset is never deleted, so it need not be read in the commit.
  if (!(await assets.getAsset(asset_id))) throw new NotFoundError('The asset');
  const set_at = isoTime(clock.now());
  const from_day = dayAfter(dayOf(set_at));
  const before = rateOn(await readStakingRates(store, asset_id), from_day);
  const rate: StakingRate = {
    asset_id,
    from_day,
    rate_percent: ratePercent,
    cooldown_days: cooldownDays,
    set_by: actor,
    set_at,
  };
  const detail = { action: 'set_staking_rate', asset_id, from_day };
  const event = audit.eventOf({ type: 'admin_action', username: actor, actor, ...origin, detail });
  const changes = [
    { field: 'rate_percent', before: before?.rate_percent ?? null, after: ratePercent },
    {
      field: 'cooldown_days',
      before: before ? String(before.cooldown_days) : null,
      after: String(cooldownDays),
    },
  ].filter((change) => change.before !== change.after);
  return store.transact({ rate: stakingRateRecord.key(rate) }, () => {
    const writes = [stakingRateRecord.replace(rate), audit.writeFor(withChanges(event, changes))];
    return { writes, result: rate };
  });
}
