import { assetRecord, createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { schemaVersionRecord } from '@cnop/common/dao/schema/schema-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import { fenceOutdated } from '@cnop/common/database/schema-fence';
import { readSchemaVersion, SCHEMA_VERSION } from '@cnop/common/database/schema-version';
import { StoreUnavailableError } from '@cnop/common/database/store-errors';
import type { Attributes, Item, TableStore } from '@cnop/common/database/table-store';
import { TABLE_NAMES } from '@cnop/common/database/tables';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import type { UserStatus } from '@cnop/common/entities/user/user';
import { migrateSchema } from '@cnop/common/schema/migrate-schema';
import type { Migration } from '@cnop/common/schema/migrations';
import { MIGRATIONS } from '@cnop/common/schema/migrations';
import { anAssetId, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aUser } from '@cnop/testing/builders/user';
import { createDeferred } from '@cnop/testing/deferred';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, expect, test } from 'vitest';

const BATCH_ITEMS = 2;
const ASSETS = ['AAA', 'BBB', 'CCC', 'DDD', 'EEE'];
const USERS = new Map<string, UserStatus>([
  ['ada', 'active'],
  ['bob', 'suspended'],
  ['eve', 'inactive'],
]);

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** An asset as a version without migrations stored it. */
function formerAsset(asset_id: string): Attributes {
  const { circulating_supply: _, ...asset } = anAsset({ asset_id, current_price: '50000' });
  return { ...asset, status: 'inactive', market_cap: '100000' };
}

function formerWrite(asset_id: string) {
  return {
    kind: 'replace',
    key: assetRecord.key({ asset_id: anAssetId(asset_id) }),
    attributes: formerAsset(asset_id),
    indexes: { CatalogueIndex: { pk: 'ASSET', sk: asset_id } },
  } as const;
}

/** Creates a store as a version without migrations left it: former assets, and inactive users who can trade. */
async function createFormerStore() {
  const runtime = await createTestRuntime({ clock: createFakeClock() });
  cleanup.defer(() => runtime.dispose());
  const users = [...USERS].map(([username, status]) => aUser({ username, status }));
  const writes = ASSETS.map(formerWrite);
  await runtime.store.transact(Object.fromEntries(writes.map(({ key }) => [key.pk, key])), () => ({
    writes: [
      ...writes,
      ...users.flatMap((user) => [
        userRecord.create(user),
        balanceRecord.create(emptyBalance(user.username, user.created_at)),
      ]),
    ],
    result: undefined,
  }));
  return runtime;
}

async function contentOf(store: TableStore): Promise<Pick<Item, 'key' | 'attributes'>[]> {
  const items: Pick<Item, 'key' | 'attributes'>[] = [];
  for (const table of TABLE_NAMES) {
    for await (const { key, attributes } of store.scan(table)) items.push({ key, attributes });
  }
  return items;
}

/** A store whose writes fail after some, as when the process is killed. */
function failingAfter(store: TableStore, commits: number): TableStore {
  let left = commits;
  return {
    ...store,
    async transact(reads, decide) {
      if (left === 0) throw new StoreUnavailableError(new Error('killed'));
      left -= 1;
      return store.transact(reads, decide);
    },
  };
}

test('the versions of migrations are consecutive, and the last one is that of the code', () => {
  const versions = MIGRATIONS.map(({ version }) => version);
  expect(versions).toEqual(versions.map((_, position) => position + 2));
  expect(versions.at(-1)).toBe(SCHEMA_VERSION);
  for (const { readableFrom, version } of MIGRATIONS) expect(readableFrom).toBeLessThanOrEqual(version);
  const oldest = MIGRATIONS.map(({ readableFrom }) => readableFrom);
  expect(oldest).toEqual(oldest.toSorted((one, other) => one - other));
});

test('a store without a recorded version is version 1, and is migrated once', async () => {
  const runtime = await createFormerStore();
  expect(await readSchemaVersion(runtime.store)).toEqual({ version: 1, readableFrom: 1 });
  expect(await migrateSchema(runtime)).toBe(ASSETS.length + 2);
  expect(await readSchemaVersion(runtime.store)).toEqual({ version: SCHEMA_VERSION, readableFrom: 1 });
  for (const [name, status] of USERS) {
    const balance = await runtime.store.get(balanceRecord.key({ username: aUsername(name) }));
    expect(balance?.attributes['trading_block'] ?? null).toBe(status === 'active' ? null : status);
  }
  for (const { status, circulating_supply } of await createAssetDao(runtime.store).getAssets())
    expect([status, circulating_supply]).toEqual(['cancel_only', '2']);

  const before = await contentOf(runtime.store);
  expect(await migrateSchema(runtime)).toBe(0);
  expect(await contentOf(runtime.store)).toEqual(before);
});

test('a migration that is interrupted before any of its commits continues, and ends at the same content', async () => {
  const whole = await createFormerStore();
  await migrateSchema(whole, { batchItems: BATCH_ITEMS });
  const expected = await contentOf(whole.store);
  let interruptions = 0;
  for (let commits = 0; ; commits += 1) {
    const runtime = await createFormerStore();
    const interrupted = { ...runtime, store: failingAfter(runtime.store, commits) };
    const isDone = await migrateSchema(interrupted, { batchItems: BATCH_ITEMS }).then(
      () => true,
      () => false,
    );
    await migrateSchema(runtime, { batchItems: BATCH_ITEMS });
    expect(await contentOf(runtime.store), `after ${commits} commits`).toEqual(expected);
    if (isDone) break;
    interruptions += 1;
  }
  expect(interruptions).toBeGreaterThan(ASSETS.length + USERS.size);
});

test('a continued migration does not read completed batches again', async () => {
  const runtime = await createFormerStore();
  const itemsRead: number[] = [];
  const assetFields = MIGRATIONS.filter(({ table }) => table === 'inventory');
  const onProgress = ({ read }: { readonly read: number }) => itemsRead.push(read);
  // Each of the first two batches changes two assets and then stores the progress.
  const killed = { ...runtime, store: failingAfter(runtime.store, 6) };
  const options = { migrations: assetFields, batchItems: BATCH_ITEMS, onProgress };
  await expect(migrateSchema(killed, options)).rejects.toThrow(StoreUnavailableError);
  itemsRead.length = 0;
  await migrateSchema(runtime, options);
  expect(itemsRead.at(-1)).toBe(ASSETS.length - 2 * BATCH_ITEMS);
});

test('several processes may migrate at once, and a slow one does not take the version back', async () => {
  const runtime = await createFormerStore();
  const options = { batchItems: BATCH_ITEMS };
  await Promise.all([migrateSchema(runtime, options), migrateSchema(runtime, options)]);
  expect((await readSchemaVersion(runtime.store)).version).toBe(SCHEMA_VERSION);
  for (const { status } of await createAssetDao(runtime.store).getAssets())
    expect(status).toBe('cancel_only');
});

test('an instance of the version before may write its form meanwhile, and this version reads and changes it', async () => {
  const runtime = await createFormerStore();
  const { store } = runtime;
  const writeFormer = (asset_id: string) => {
    const write = formerWrite(asset_id);
    return store.transact({ asset: write.key }, () => ({ writes: [write], result: undefined }));
  };
  const beside: TableStore = {
    ...store,
    async transact(reads, decide) {
      const result = await store.transact(reads, decide);
      // The old instance writes the first asset again after each step, also after it was migrated.
      await writeFormer('AAA');
      return result;
    },
  };
  await migrateSchema({ ...runtime, store: beside }, { batchItems: BATCH_ITEMS });
  const assets = createAssetDao(store);
  const stored = await store.get(assetRecord.key({ asset_id: anAssetId('AAA') }));
  expect(stored?.attributes['status']).toBe('inactive');
  expect(await assets.getAsset(anAssetId('AAA'))).toMatchObject({
    status: 'cancel_only',
    circulating_supply: '2',
  });
  await assets.updateAsset(anAssetId('AAA'), () => ({ description: 'changed' }));
  expect((await store.get(assetRecord.key({ asset_id: anAssetId('AAA') })))?.attributes).toMatchObject({
    status: 'cancel_only',
    circulating_supply: '2',
  });
});

test('what an instance of the version before writes after the end is read in the new form', async () => {
  const runtime = await createFormerStore();
  await migrateSchema(runtime);
  const write = formerWrite('AAA');
  const attributes = { ...write.attributes, status: 'delisted' };
  await runtime.store.transact({ asset: write.key }, () => ({
    writes: [
      write,
      {
        ...formerWrite('BBB'),
        kind: 'create',
        key: { ...write.key, pk: 'ZZZ' },
        attributes: { ...attributes, asset_id: 'ZZZ' },
      },
    ],
    result: undefined,
  }));
  expect(await migrateSchema(runtime)).toBe(0);
  const assets = createAssetDao(runtime.store);
  expect(await assets.getAsset(anAssetId('AAA'))).toMatchObject({
    status: 'cancel_only',
    circulating_supply: '2',
  });
  expect(await assets.getAsset(anAssetId('ZZZ'))).toMatchObject({
    status: 'delisted',
    settlement_price: '50000',
  });
});

/** A migration whose old form only a version that is kept away may write. */
const KEEPS_OLD_AWAY: Migration = {
  version: SCHEMA_VERSION + 1,
  name: 'no-old-instances',
  what: 'every description ends with a full stop',
  readableFrom: SCHEMA_VERSION + 1,
  table: 'inventory',
  concerns: ({ attributes }) => attributes['description'] === 'old',
  change: async ({ store }, { key }) =>
    store.transact({ item: key }, ({ item }) => ({
      writes: [{ kind: 'replace', key, attributes: { ...item?.attributes, description: 'new.' } }],
      result: true,
    })),
};

test('a migration that keeps the version before away leaves nothing of what that version wrote beside it', async () => {
  const runtime = await createFormerStore();
  await migrateSchema(runtime);
  const isOutdated = createDeferred<Error>();
  const old = fenceOutdated(runtime.store, {
    checkMilliseconds: 20,
    maxAgeMilliseconds: 50,
    onOutdated: isOutdated.resolve,
  });
  let written = 0;
  async function writeUntilRefused(): Promise<unknown> {
    try {
      for (;;) {
        const key = { table: 'inventory', pk: `OLD-${written}`, sk: 'NOTE' } as const;
        await old.transact({}, () => ({
          writes: [{ kind: 'create', key, attributes: { description: 'old' } }],
          result: undefined,
        }));
        written += 1;
      }
    } catch (error) {
      return error;
    }
  }
  const refused = writeUntilRefused();
  const changed = await migrateSchema(runtime, {
    migrations: [...MIGRATIONS, KEEPS_OLD_AWAY],
    fenceMilliseconds: 1_000,
  });
  expect(await refused).toBeInstanceOf(StoreUnavailableError);
  expect((await isOutdated.promise).message).toContain(
    `needs a platform of schema version ${SCHEMA_VERSION + 1}`,
  );
  await expect(old.ping()).rejects.toThrow('start the newer version');
  expect(written).toBeGreaterThan(0);
  expect(changed).toBe(written);
  for (const { attributes } of await contentOf(runtime.store))
    expect(attributes['description']).not.toBe('old');
  expect(await readSchemaVersion(runtime.store)).toEqual({
    version: SCHEMA_VERSION + 1,
    readableFrom: SCHEMA_VERSION + 1,
  });
});

test('the record of the version is an item like any other', async () => {
  const runtime = await createFormerStore();
  await migrateSchema(runtime);
  const item = await runtime.store.get(schemaVersionRecord.key({}));
  expect(item && schemaVersionRecord.parse(item)).toMatchObject({
    schema_version: SCHEMA_VERSION,
    running: null,
  });
});
