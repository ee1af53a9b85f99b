import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { StoreUnderTest } from '@cnop/testing/store-contract/contract';
import { describeTableStoreContract } from '@cnop/testing/store-contract/describe-table-store-contract';

async function openLmdb(): Promise<StoreUnderTest> {
  const path = await mkdtemp(join(tmpdir(), 'lmdb-'));
  let store = createLmdbTableStore({ path });
  return {
    store,
    async reopen() {
      await store.close();
      store = createLmdbTableStore({ path });
      return store;
    },
    async dispose() {
      await store.close();
      await rm(path, { recursive: true, force: true });
    },
  };
}

describeTableStoreContract('the LMDB table store', { open: openLmdb });
