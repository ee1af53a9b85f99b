import { existsSync } from 'node:fs';
import { open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import { storeFolder } from '@cnop/common/database/open-store';
import { SCHEMA_KEY } from '@cnop/common/database/schema-version';
import type { TableStore } from '@cnop/common/database/table-store';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import { aUsd } from '@cnop/testing/builders/brands';
import { aUser } from '@cnop/testing/builders/user';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { put, userKey } from '@cnop/testing/store-contract/contract';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backupStore } from '../../src/backup/backup-store.ts';
import { restoreStore } from '../../src/backup/restore-store.ts';
import { RefusedError } from '../../src/data-command.ts';
import { hashStore } from '../../src/transfer/copy-into-store.ts';
import { verifyStore } from '../../src/verify/audit-store.ts';
import { temporaryFolder } from '../transfer/stores.ts';

const cleanup = createCleanup();
afterEach(() => cleanup.run());
const clock = createFakeClock();

/** The folder of this test: `data` is a data folder with a store, `backup` gets the backup. */
let root: string;
let dataDir: string;
let to: string;
beforeEach(async () => {
  root = await temporaryFolder(cleanup);
  dataDir = join(root, 'data');
  to = join(root, 'backup');
  await inStore(dataDir, storeAlice);
});

async function inStore<T>(folder: string, use: (store: TableStore) => Promise<T>): Promise<T> {
  const store = createLmdbTableStore({ path: storeFolder({ DATA_DIR: folder }), clock });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function storeAlice(store: TableStore): Promise<void> {
  const alice = aUser();
  await store.transact({}, () => ({
    writes: [
      userRecord.create(alice),
      emailClaimRecord.create(alice),
      balanceRecord.create(emptyBalance(alice.username, alice.created_at)),
    ],
    result: undefined,
  }));
}

const contentOf = (folder: string) =>
  inStore(folder, async (store) => (await hashStore(store, () => undefined)).total());
const backUp = () => backupStore({ dataDir, to, clock });
const restore = (
  more: { readonly dataDir?: string; readonly replace?: boolean; readonly from?: string } = {},
) => restoreStore({ from: to, dataDir, replace: false, clock, ...more });
const storeFile = () => join(to, 'store', 'data.mdb');

test('a restore drill: backup, restore into a new data folder, equal and sound', async () => {
  expect(await backUp()).toMatchObject({ folder: to, items: 3, violations: 0 });
  const restored = join(root, 'restored');
  expect(await restore({ dataDir: restored })).toMatchObject({ keptIn: undefined });
  expect(await contentOf(restored)).toEqual(await contentOf(dataDir));
  expect(await inStore(restored, (store) => verifyStore(store, { clock }))).toMatchObject({ violations: [] });
  expect(await readdir(restored)).toEqual(['store']);
});

test('a backup is for its owner alone, and leaves nothing else behind', async () => {
  await backUp();
  expect((await stat(to)).mode & 0o777).toBe(0o700);
  for (const file of [storeFile(), join(to, 'backup.json')])
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await readdir(to)).toSorted()).toEqual(['backup.json', 'store']);
  expect((await readdir(root)).toSorted()).toEqual(['backup', 'data']);
});

test('a backup gets a folder of its own in an existing one, and never overwrites', async () => {
  await backUp();
  expect((await backUp()).folder).toMatch(/backup\/cnop-\d{4}-\d\d-\d\dT[\d-]+Z$/);
  await writeFile(join(root, 'file'), 'mine');
  await expect(backupStore({ dataDir, to: join(root, 'file'), clock })).rejects.toThrow(
    'exists. Choose another name',
  );
  const missing = backupStore({ dataDir: join(root, 'none'), to: join(root, 'other'), clock });
  await expect(missing).rejects.toThrow('There is no store in');
});

test('a store with data is only replaced on request, and is kept', async () => {
  await backUp();
  await inStore(dataDir, (store) => put(store, userKey('later', 'X'), { attributes: {} }));
  const later = await contentOf(dataDir);
  await expect(restore()).rejects.toThrow('Add --replace');
  expect(await contentOf(dataDir)).toEqual(later);
  const { keptIn } = await restore({ replace: true });
  expect((await contentOf(dataDir)).items).toBe(3);
  const kept = createLmdbTableStore({ path: keptIn ?? '', readOnly: true });
  cleanup.defer(() => kept.close());
  expect((await hashStore(kept, () => undefined)).total()).toEqual(later);
});

async function flipBit(file: string, position: number): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, position);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await handle.write(byte, 0, 1, position);
  await handle.close();
}

test.each<[string, () => Promise<unknown>]>([
  ['truncated', async () => truncate(storeFile(), (await stat(storeFile())).size - 4_096)],
  ['empty', () => truncate(storeFile(), 0)],
  ['flipped at its begin', () => flipBit(storeFile(), 40)],
  ['flipped in the middle', async () => flipBit(storeFile(), Math.floor((await stat(storeFile())).size / 2))],
  ['missing', () => rm(storeFile())],
  ['without its manifest', () => rm(join(to, 'backup.json'))],
  ['with a damaged manifest', () => writeFile(join(to, 'backup.json'), '{"format":"cnop-backup"')],
])('a backup whose file is %s is refused, and nothing is changed', async (_what, damage) => {
  await backUp();
  const before = await contentOf(dataDir);
  await damage();
  const restored = join(root, 'restored');
  await expect(restore({ dataDir: restored })).rejects.toThrow(RefusedError);
  await expect(restore({ replace: true })).rejects.toThrow(RefusedError);
  expect(await contentOf(dataDir)).toEqual(before);
  expect(await readdir(dataDir)).toEqual(['store']);
  expect(existsSync(restored) ? await readdir(restored) : []).toEqual([]);
});

test('a copy that breaks more rules than the backup said is not put in place', async () => {
  await backUp();
  const manifest = JSON.parse(await readFile(join(to, 'backup.json'), 'utf8')) as object;
  await inStore(dataDir, (store) => {
    const alice = aUser();
    const balance = { ...emptyBalance(alice.username, alice.created_at), current_balance: aUsd('5.00') };
    const key = balanceRecord.key(alice);
    return store.transact({ key }, () => ({ writes: [balanceRecord.replace(balance)], result: undefined }));
  });
  const broken = join(root, 'broken');
  const made = await backupStore({ dataDir, to: broken, clock });
  expect(made.violations).toBeGreaterThan(0);
  // As its source was, it may be restored.
  await restore({ from: broken, dataDir: join(root, 'first') });
  const file = join(broken, 'backup.json');
  const its = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...its, violations: 0 }));
  expect(manifest).toMatchObject({ violations: 0 });
  await expect(restore({ from: broken, dataDir: join(root, 'second') })).rejects.toThrow('breaks');
});

test('a backup of a later schema version is refused', async () => {
  await inStore(dataDir, (store) =>
    put(store, SCHEMA_KEY, { attributes: { schema_version: 1_000, readable_from: 1_000 } }),
  );
  await backUp();
  await expect(restore({ dataDir: join(root, 'restored') })).rejects.toThrow('schema version 1000 or later');
});
