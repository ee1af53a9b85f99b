import type { Username } from '@cnop/common/core/brands';
import { bookCheckpointRecord, housePeriodRecord } from '@cnop/common/dao/house/house-book-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { TableStore } from '@cnop/common/database/table-store';

const LENGTH_OF_DAY = 'YYYY-MM-DD'.length;

/** Adds an account without ledger entries to an empty house book, by hand. */
export async function bookEmptyAccount(store: TableStore, username: Username): Promise<void> {
  const item = await store.get(balanceRecord.key({ username }));
  if (!item) throw new Error(`${username} has no balance`);
  const { created_at } = balanceRecord.read(item);
  const sums = { accounts: {}, new_users: 1, active_users: 0, trades: 0, volume: '0' };
  const periods = [created_at.slice(0, LENGTH_OF_DAY), 'ALL'] as const;
  await store.transact({}, () => ({
    writes: [
      bookCheckpointRecord.create({
        username,
        opened_on: created_at.slice(0, LENGTH_OF_DAY),
        sequence: 0,
        last_day: null,
        traded: {},
        updated_at: created_at,
      }),
      ...periods.map((period) => housePeriodRecord.create({ period, ...sums })),
    ],
    result: undefined,
  }));
}
