import type { AssetId, Username } from '../../core/brands.ts';
import type { Page, PageRequest } from '../../core/pagination.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS, SEPARATOR, sortableSeq } from '../../database/tables.ts';
import type { Stake, StakeEntry, StakingRate } from '../../entities/staking/stake.ts';
import { stakeEntrySchema, stakeSchema, stakingRateSchema } from '../../entities/staking/stake.ts';
import { readAll, readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';

/** The record of rates, all in one partition: one query returns the rates of every asset. */
export const stakingRateRecord = defineRecord<StakingRate, Pick<StakingRate, 'asset_id' | 'from_day'>>({
  table: 'inventory',
  schema: stakingRateSchema,
  key: ({ asset_id, from_day }) => ({
    pk: KEYS.inventory.stakingRate.pk,
    sk: asset_id + SEPARATOR + from_day,
  }),
});

export const stakeRecord = defineRecord<Stake, Pick<Stake, 'username' | 'asset_id'>>({
  table: 'users',
  schema: stakeSchema,
  key: ({ username, asset_id }) => ({ pk: username, sk: KEYS.users.stake.skPrefix + asset_id }),
});

export const stakeEntryRecord = defineRecord<
  StakeEntry,
  Pick<StakeEntry, 'username' | 'asset_id' | 'sequence'>
>({
  table: 'users',
  schema: stakeEntrySchema,
  key: ({ username, asset_id, sequence }) => ({
    pk: stakeHistoryPartition(username, asset_id),
    sk: sortableSeq(sequence),
  }),
});

/** Returns the partition of the history of a stake. */
export function stakeHistoryPartition(username: Username, assetId: AssetId): string {
  return KEYS.users.stakeEntry.pkPrefix + username + SEPARATOR + assetId;
}

/** Returns the rates of an asset, or of all assets, the oldest first. */
export async function readStakingRates(store: TableStore, assetId?: AssetId): Promise<StakingRate[]> {
  return readAll(
    store,
    {
      table: 'inventory',
      pk: KEYS.inventory.stakingRate.pk,
      ...(assetId !== undefined && { sk: { prefix: assetId + SEPARATOR } }),
      order: 'ascending',
    },
    stakingRateRecord.read,
  );
}

/** Returns all stakes of a user, by asset id. */
export async function readStakes(store: TableStore, username: Username): Promise<Stake[]> {
  return readAll(
    store,
    { table: 'users', pk: username, sk: { prefix: KEYS.users.stake.skPrefix }, order: 'ascending' },
    stakeRecord.read,
  );
}

/** Lists the history of a stake, newest first. */
export async function readStakeHistory(
  store: TableStore,
  { username, assetId }: { readonly username: Username; readonly assetId: AssetId },
  page: PageRequest,
): Promise<Page<StakeEntry>> {
  return readPage(
    store,
    { table: 'users', pk: stakeHistoryPartition(username, assetId), order: 'descending' },
    page,
    stakeEntryRecord.read,
  );
}
