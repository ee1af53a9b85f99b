import type { AssetId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { readTargetAllocation, writeTargetAllocation } from '@cnop/common/dao/user/target-allocation-dao';
import type { TargetAllocation } from '@cnop/common/entities/user/target-allocation';
import { ValidationError } from '@cnop/exception/errors';
import { fieldErrorOf } from '@cnop/exception/problem-error';
import type { UserDependencies } from '../../use-cases/dependencies.ts';

/** A target without its owner. */
export type TargetView = Omit<TargetAllocation, 'username'>;

/** Returns a user's target allocation; null when none is stored. */
export async function readTarget(
  { store }: Pick<UserDependencies, 'store'>,
  username: Username,
): Promise<TargetView | null> {
  const target = await readTargetAllocation(store, username);
  return target ? viewOf(target) : null;
}

/**
 * Stores a target allocation in place of the one before.
 * @throws ValidationError (422) for an asset that is not in the catalogue
 */
export async function saveTarget(
  { store, clock, assets: catalogue }: Pick<UserDependencies, 'store' | 'clock' | 'assets'>,
  { username, cash, assets }: Pick<TargetAllocation, 'username' | 'cash' | 'assets'>,
): Promise<TargetView> {
  const known = await catalogue.getAssetsByIds(assets.map(({ asset_id }) => asset_id));
  const errors = assets.flatMap(({ asset_id }, index) =>
    known.has(asset_id) ? [] : [unknownAsset(asset_id, index)],
  );
  if (errors.length > 0) throw new ValidationError(errors);
  const target = { username, cash, assets, updated_at: isoTime(clock.now()) };
  await writeTargetAllocation(store, username, target);
  return viewOf(target);
}

/** Removes a user's target allocation, if there is one. */
export async function removeTarget(
  { store }: Pick<UserDependencies, 'store'>,
  username: Username,
): Promise<void> {
  await writeTargetAllocation(store, username, undefined);
}

function unknownAsset(assetId: AssetId, index: number) {
  const problem = { message: `${assetId} is not an asset.`, code: 'unknown_asset' };
  return fieldErrorOf('body', ['assets', String(index), 'asset_id'], problem);
}

function viewOf({ cash, assets, updated_at }: TargetAllocation): TargetView {
  return { cash, assets, updated_at };
}
