import { withChanges } from '@cnop/common/auth/audit-event';
import { isoTime } from '@cnop/common/core/brands';
import { defineCounter } from '@cnop/common/core/figures';
import { decimal } from '@cnop/common/core/money';
import { assetPeriodRecord } from '@cnop/common/dao/house/house-book-dao';
import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import type { AssetPeriod } from '@cnop/common/entities/house/house-book';
import { ALL_DAYS } from '@cnop/common/entities/house/house-book';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { PLATFORM_SUBJECT } from '@cnop/common/entities/user/audit-event';
import type { UserDependencies } from '../../use-cases/dependencies.ts';

const countClosed = defineCounter({
  name: 'cnop_house_exposure_limits_total',
  help: 'Assets that were closed for buys because the house had sold more units than allowed.',
  labelNames: ['asset_id'],
});

/** The log of a job. */
export interface JobLog {
  warn(facts: object, message: string): void;
}

export interface CloseDeps extends Pick<UserDependencies, 'store' | 'clock' | 'assets' | 'audit'> {
  readonly log: JobLog;
}

/**
 * Closes each active asset for buys of which the house has sold more units than its `max_house_exposure`. Sales bring units
 * back. Only staff open it again.
 */
export async function closeExposedAssets(deps: CloseDeps): Promise<void> {
  const limited = (await deps.assets.getCatalogue()).filter(
    ({ status, max_house_exposure }) => status === 'active' && max_house_exposure !== null,
  );
  for (const asset of limited) await closeIfExposed(deps, asset);
}

async function closeIfExposed(
  { store, clock, audit, log }: CloseDeps,
  { asset_id }: Pick<Asset, 'asset_id'>,
): Promise<void> {
  const at = clock.now();
  const event = audit.eventOf({ type: 'admin_action', username: PLATFORM_SUBJECT });
  const reads = {
    asset: assetRecord.key({ asset_id }),
    total: assetPeriodRecord.key({ asset_id, period: ALL_DAYS }),
  };
  const exposed = await store.transact(reads, (items) => {
    const asset = assetRecord.readIfPresent(items.asset);
    const total = assetPeriodRecord.readIfPresent(items.total);
    if (!asset || !total || asset.status !== 'active' || !isAboveLimit(asset, total)) {
      return { writes: [], result: undefined };
    }
    const facts = {
      action: 'exposure_limit',
      asset_id,
      units: total.units,
      limit: String(asset.max_house_exposure),
    };
    const changes = [{ field: 'status', before: asset.status, after: 'close_only' }];
    return {
      writes: [
        assetRecord.replace({ ...asset, status: 'close_only', updated_at: isoTime(at) }),
        audit.writeFor(withChanges({ ...event, detail: facts }, changes)),
      ],
      result: facts,
    };
  });
  if (!exposed) return;
  countClosed({ asset_id });
  log.warn(exposed, 'the house has sold more units of an asset than allowed: it is closed for buys');
}

/** Returns whether the house has sold more units than it may. */
export function isAboveLimit(
  { max_house_exposure: limit }: Pick<Asset, 'max_house_exposure'>,
  { units }: Pick<AssetPeriod, 'units'>,
): boolean {
  return limit !== null && decimal(units).neg().gt(limit);
}
