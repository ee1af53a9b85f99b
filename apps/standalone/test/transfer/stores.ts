import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { ItemContent, ItemKey, TableStore } from '@cnop/common/database/table-store';
import { createAll } from '@cnop/testing/store-contract/contract';
import type { Cleanup } from '@cnop/testing/system/cleanup';

/** Creates a folder that the cleanup deletes. */
export async function temporaryFolder(cleanup: Cleanup): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cnop-transfer-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens an empty embedded store. */
export async function emptyStore(cleanup: Cleanup): Promise<TableStore> {
  const store = createLmdbTableStore({ path: await temporaryFolder(cleanup) });
  cleanup.defer(() => store.close());
  return store;
}

const NEVER = 4_000_000_000;

/** Items of every list of the store, with indexes and expiry. */
export function someItems(count: number, text = ''): ({ readonly key: ItemKey } & ItemContent)[] {
  return Array.from({ length: count }, (_, position) => {
    const user = `user-${position % 5}`;
    const sk = String(position).padStart(6, '0');
    const attributes = { position, text, list: [null, true, { nested: 'é' }] };
    const kinds = [
      { key: { table: 'users', pk: user, sk: `TRANS#${sk}` }, attributes },
      { key: { table: 'users', pk: `EVENT#${user}`, sk }, attributes, expiresAtEpochSeconds: NEVER },
      { key: { table: 'users', pk: `TRANS#${user}#BTC`, sk }, attributes },
      {
        key: { table: 'orders', pk: `${user}-${sk}`, sk: 'ORDER' },
        attributes,
        indexes: { UserOrdersIndex: { pk: user, sk } },
      },
    ] as const;
    return kinds[position % kinds.length] ?? kinds[0];
  });
}

/** Opens an embedded store with some items. */
export async function filledStore(cleanup: Cleanup, count: number, text?: string): Promise<TableStore> {
  const store = await emptyStore(cleanup);
  await createAll(store, someItems(count, text));
  return store;
}
