import { blockInactiveAccount } from '../accounts/block-trading.ts';
import type { CancelOrdersDeps } from '../accounts/cancel-open-orders.ts';
import { upgradeAsset } from '../dao/inventory/asset-dao.ts';
import { userRecord } from '../dao/user/user-dao.ts';
import type { Item } from '../database/table-store.ts';
import type { TableName } from '../database/tables.ts';
import { isAssetKey, KEYS } from '../database/tables.ts';

/**
 * One forward step of the stored data. It changes one item at a time, in a transaction that reads the item again, and does
 * nothing where there is nothing to do. What instances of the version before write later is safe in one of two ways:
 *
 * - They may go on (`readableFrom` stays): they can read what it writes, and the record of the item upgrades on read what
 *   they write, so that no reader depends on the migration.
 * - They are kept away (`readableFrom` rises): they stop writing before it begins. A change that a record cannot make,
 *   such as one that two items agree on, needs this. So does a form that the version before cannot read; it takes two
 *   releases: one that reads both forms, and a later one with the migration.
 * @see docs/adr/0056-migrations-beside-old-instances.md
 */
export interface Migration {
  /** The schema version of a store after this step; one more than that of the step before. */
  readonly version: number;
  readonly name: string;
  /** What changes, for the operator. */
  readonly what: string;
  /** The oldest schema version whose code can work on the data after this step. */
  readonly readableFrom: number;
  readonly table: TableName;
  /** Returns whether an item of the table may need the change. */
  concerns(item: Item): boolean;
  /** Changes an item if it still needs it; returns whether it did. */
  change(deps: CancelOrdersDeps, item: Item): Promise<boolean>;
}

/**
 * All migrations, in order. A new one is added at the end, and `SCHEMA_VERSION` becomes its version.
 * @see docs/operating/backup-and-migration.md
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 2,
    name: 'trading-blocks',
    what: 'the balance of a user who is not active blocks trading, and open orders of that user are cancelled',
    readableFrom: 1,
    table: 'users',
    concerns: (item) => item.key.sk === KEYS.users.user.sk && userRecord.read(item).status !== 'active',
    change: async (deps, item) => blockInactiveAccount(deps, userRecord.read(item).username),
  },
  {
    version: 3,
    name: 'asset-fields',
    what: 'assets have a circulating supply and the status cancel_only, and delisted ones a settlement price',
    readableFrom: 1,
    table: 'inventory',
    concerns: ({ key }) => isAssetKey(key),
    change: async ({ store }, { key }) => upgradeAsset(store, key),
  },
];
