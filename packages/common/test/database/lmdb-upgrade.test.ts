import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEnvironment } from '@cnop/common/database/lmdb/environment';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** More than one transaction moves. */
const ENTRIES = 2_500;
const USERS = ['ada', 'bob'];

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'lmdb-upgrade-'));
});
afterEach(() => rm(path, { recursive: true, force: true }));

const sortable = (number: number) => String(number).padStart(6, '0');

/** Creates a store of format 2: items in the tree of their table, entries in the tree of their index. */
async function writeFormat2(format = '2'): Promise<void> {
  const environment = openEnvironment(path);
  const users = environment.table('users');
  const orders = environment.index('orders', 'UserOrdersIndex');
  await environment.root.childTransaction(() => {
    for (const username of USERS) {
      for (const sk of ['BALANCE', 'USER']) void users.put([username, sk], { v: 3, a: { sk } });
      for (let number = 0; number < ENTRIES; number += 1) {
        const sk = sortable(number);
        const stored = { v: 1, a: { number } };
        void users.put([username, `TRANS#${sk}`], stored);
        void users.put([`EVENT#${username}`, sk], { ...stored, e: 4_000_000_000 });
        void users.put([`TRANS#${username}#BTC`, sk], stored);
        const entry = { pk: username, sk };
        const order = [`${username}-${sk}`, 'ORDER'];
        void environment.table('orders').put(order, { ...stored, i: { UserOrdersIndex: entry } });
        void orders.put([username, sk, ...order], '');
      }
    }
  });
  environment.root.openDB<string, string>('properties', { encoding: 'string' }).putSync('format', format);
  await environment.close();
}

async function numbersOf(store: TableStore, pk: string, index?: 'UserOrdersIndex'): Promise<unknown[]> {
  const page = await store.query({
    table: index ? 'orders' : 'users',
    ...(index && { index }),
    pk,
    ...(!pk.includes('#') && !index && { sk: { prefix: 'TRANS#' } }),
    order: 'descending',
    limit: 3,
  });
  return page.items.map(({ attributes }) => attributes['number']);
}

async function expectUpgraded(store: TableStore): Promise<void> {
  const newest = [ENTRIES - 1, ENTRIES - 2, ENTRIES - 3];
  for (const username of USERS) {
    expect(await numbersOf(store, username)).toEqual(newest);
    expect(await numbersOf(store, `EVENT#${username}`)).toEqual(newest);
    expect(await numbersOf(store, `TRANS#${username}#BTC`)).toEqual(newest);
    expect(await numbersOf(store, username, 'UserOrdersIndex')).toEqual(newest);
    expect((await store.get({ table: 'users', pk: username, sk: 'BALANCE' }))?.version).toBe(3);
  }
  let items = 0;
  for await (const { key } of store.scan('users')) items += key.pk ? 1 : 0;
  let entries = 0;
  for await (const { key } of store.scanIndex('orders', 'UserOrdersIndex')) entries += key.pk ? 1 : 0;
  expect([items, entries]).toEqual([USERS.length * (3 * ENTRIES + 2), USERS.length * ENTRIES]);
}

it('a store of format 2 is upgraded when it is opened, and opens again', async () => {
  await writeFormat2();
  for (let opened = 0; opened < 2; opened += 1) {
    const store = createLmdbTableStore({ path });
    await expectUpgraded(store);
    await store.close();
  }
});

it('an interrupted upgrade continues', async () => {
  await writeFormat2();
  await createLmdbTableStore({ path }).close();
  // Simulates an interruption: some items at old places, and the format not yet written.
  await writeFormat2();
  const store = createLmdbTableStore({ path });
  await expectUpgraded(store);
  await store.close();
});

it('a read-only open changes nothing and names the remedy', async () => {
  await writeFormat2();
  expect(() => createLmdbTableStore({ path, readOnly: true })).toThrow(
    'the store is of format 2 and this version reads format 3: start the server on it once',
  );
});

it('a store of any other format is refused', async () => {
  await writeFormat2('4');
  expect(() => createLmdbTableStore({ path })).toThrow('move its folder away to start afresh');
});
