import type { AssetId, IsoTime, Username } from '../../core/brands.ts';
import { knownUsername } from '../../core/brands.ts';
import type { Item, TableStore } from '../../database/table-store.ts';
import { MAX_BATCH_GET_ITEMS } from '../../database/table-store.ts';
import { KEYS, USER_DIRECTORY_PARTITION } from '../../database/tables.ts';
import type {
  AssetPeriod,
  BookCheckpoint,
  BookProgress,
  DaySpan,
  HousePeriod,
} from '../../entities/house/house-book.ts';
import {
  ALL_DAYS,
  assetPeriodSchema,
  bookCheckpointSchema,
  bookProgressSchema,
  housePeriodSchema,
} from '../../entities/house/house-book.ts';
import type { Balance } from '../../entities/user/balance.ts';
import { readAll } from '../read-page.ts';
import { defineRecord } from '../record.ts';
import { balanceRecord } from '../user/balance-dao.ts';

/** Sorts after a username and before every longer one. */
const AFTER_USERNAME = '!';

export const bookProgressRecord = defineRecord<BookProgress, object>({
  table: 'users',
  schema: bookProgressSchema,
  key: () => KEYS.users.bookProgress,
});

export const bookCheckpointRecord = defineRecord<BookCheckpoint, Pick<BookCheckpoint, 'username'>>({
  table: 'users',
  schema: bookCheckpointSchema,
  key: ({ username }) => ({ pk: username, sk: KEYS.users.bookCheckpoint.sk }),
});

export const housePeriodRecord = defineRecord<HousePeriod, Pick<HousePeriod, 'period'>>({
  table: 'users',
  schema: housePeriodSchema,
  key: ({ period }) => ({ pk: KEYS.users.housePeriod.pk, sk: period }),
});

export const assetPeriodRecord = defineRecord<AssetPeriod, Pick<AssetPeriod, 'asset_id' | 'period'>>({
  table: 'users',
  schema: assetPeriodSchema,
  key: ({ asset_id, period }) => ({ pk: KEYS.users.assetPeriod.pkPrefix + asset_id, sk: period }),
});

/** The balance of a user, and how far the ledger is in the book. */
export interface BookedAccount {
  readonly balance: Balance | undefined;
  readonly checkpoint: BookCheckpoint | undefined;
}

export type HouseBookDao = ReturnType<typeof createHouseBookDao>;

/** Creates the DAO of the house book. It only reads: sums change with the checkpoints of users, in commits of a use case. */
export function createHouseBookDao(store: TableStore) {
  return {
    /** Returns the progress of the book; undefined before its first pass was planned. */
    async getProgress(): Promise<BookProgress | undefined> {
      return bookProgressRecord.readIfPresent(await store.get(bookProgressRecord.key({})));
    },

    /** Returns the time up to which the book is complete; null before the end of the first pass. */
    async getCompleteTo(): Promise<IsoTime | null> {
      return (await this.getProgress())?.complete_to ?? null;
    },

    /** Returns the next usernames of the directory, in their order. */
    async listUsernames({
      after,
      limit,
    }: {
      readonly after: Username | null;
      readonly limit: number;
    }): Promise<Username[]> {
      const { items } = await store.query({
        table: 'users',
        index: 'UserDirectoryIndex',
        pk: USER_DIRECTORY_PARTITION,
        ...(after !== null && { sk: { from: after + AFTER_USERNAME } }),
        order: 'ascending',
        limit,
      });
      return items.map(({ key }) => knownUsername(key.pk));
    },

    /** Returns the balance and the checkpoint of a user, which are adjacent, in one query. */
    async getBookedAccount(username: Username): Promise<BookedAccount> {
      const sk = { from: KEYS.users.balance.sk, to: KEYS.users.bookCheckpoint.sk };
      const items = await readAll(
        store,
        { table: 'users', pk: username, sk, order: 'ascending' },
        (item) => item,
      );
      const find = (sortKey: string): Item | undefined => items.find(({ key }) => key.sk === sortKey);
      return {
        balance: balanceRecord.readIfPresent(find(KEYS.users.balance.sk)),
        checkpoint: bookCheckpointRecord.readIfPresent(find(KEYS.users.bookCheckpoint.sk)),
      };
    },

    /** Returns the sums of all days together; undefined before the first. */
    async getHouseTotal(): Promise<HousePeriod | undefined> {
      return housePeriodRecord.readIfPresent(await store.get(housePeriodRecord.key({ period: ALL_DAYS })));
    },

    /** Returns the sums of each day of a span that has any, oldest first. */
    async getHouseDays({ from, to }: DaySpan): Promise<HousePeriod[]> {
      const { pk } = KEYS.users.housePeriod;
      return readAll(
        store,
        { table: 'users', pk, sk: { from, to }, order: 'ascending' },
        housePeriodRecord.read,
      );
    },

    /** Returns the sums of assets over all days, without those of assets that were never traded. */
    async getAssetTotals(assetIds: readonly AssetId[]): Promise<AssetPeriod[]> {
      const totals: AssetPeriod[] = [];
      for (let start = 0; start < assetIds.length; start += MAX_BATCH_GET_ITEMS) {
        const keys = assetIds
          .slice(start, start + MAX_BATCH_GET_ITEMS)
          .map((asset_id) => assetPeriodRecord.key({ asset_id, period: ALL_DAYS }));
        const items = await store.batchGet(keys);
        totals.push(...items.flatMap((item) => assetPeriodRecord.readIfPresent(item) ?? []));
      }
      return totals;
    },

    /** Returns the sums of an asset on each day of a span that has any, oldest first. */
    async getAssetDays(assetId: AssetId, { from, to }: DaySpan): Promise<AssetPeriod[]> {
      const pk = KEYS.users.assetPeriod.pkPrefix + assetId;
      return readAll(
        store,
        { table: 'users', pk, sk: { from, to }, order: 'ascending' },
        assetPeriodRecord.read,
      );
    },
  };
}
