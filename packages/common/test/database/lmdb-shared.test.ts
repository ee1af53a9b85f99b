import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { Item, TableStore } from '@cnop/common/database/table-store';
import { PROJECT_ROOT } from '@cnop/testing/system/node-process';
import { afterEach, beforeEach, expect, it } from 'vitest';

const KEY = { table: 'users', pk: 'ada', sk: 'PROFILE' } as const;
const BUILT_STORE = '@cnop/common/database/lmdb/lmdb-table-store';

let folder: string;
let store: TableStore;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cnop-shared-'));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Stores a number in another process. Blocks, so that no timer of this one runs meanwhile. */
function storeElsewhere(count: number): void {
  const script = `
    import { createLmdbTableStore } from '${BUILT_STORE}';
    const store = createLmdbTableStore({ path: ${JSON.stringify(folder)} });
    const key = ${JSON.stringify(KEY)};
    await store.transact({ item: key }, ({ item }) => ({
      writes: [{ kind: item ? 'replace' : 'create', key, attributes: { count: ${count} } }],
      result: undefined,
    }));
    await store.close();`;
  execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: PROJECT_ROOT });
}

const READS: Readonly<Record<string, () => Promise<Item | undefined>>> = {
  get: () => store.get(KEY),
  batchGet: async () => (await store.batchGet([KEY]))[0],
  query: async () =>
    (await store.query({ ...KEY, sk: { prefix: 'P' }, order: 'ascending', limit: 1 })).items[0],
};

it.each(Object.keys(READS))(
  '%s of a shared store sees what another process has just committed',
  async (name) => {
    const read = async () => (await READS[name]?.())?.attributes['count'];
    store = createLmdbTableStore({ path: folder, isShared: true });
    storeElsewhere(1);
    expect(await read()).toBe(1);
    storeElsewhere(2);
    expect(await read()).toBe(2);
  },
);
