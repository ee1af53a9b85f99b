import { createItems } from '@cnop/common/database/lmdb/apply-write';
import type { Environment } from '@cnop/common/database/lmdb/environment';
import { HISTORIES } from '@cnop/common/database/lmdb/item-layout';
import type { Write } from '@cnop/common/database/table-store';
import { expect, it } from 'vitest';
import { openForEachTest } from './lmdb-fixture.ts';

let environment: Environment;
openForEachTest((opened) => {
  environment = opened;
});

/** Returns the writes of an order to the lists of a user. */
function orderOf(username: string, number: number): Extract<Write, { kind: 'create' }>[] {
  const create = { kind: 'create', attributes: { order: number } } as const;
  const id = `2026-01-0${number}`;
  return [
    { ...create, key: { table: 'users', pk: username, sk: `TRANS#${id}` } },
    { ...create, key: { table: 'users', pk: `EVENT#${username}`, sk: id } },
    { ...create, key: { table: 'users', pk: `TRANS#${username}#BTC`, sk: id } },
    {
      ...create,
      key: { table: 'orders', pk: `${username}-${id}`, sk: 'ORDER' },
      indexes: { UserOrdersIndex: { pk: username, sk: id } },
    },
  ];
}

it('an order writes its list entries in two places, whatever other orders exist', async () => {
  await environment.root.childTransaction(() => {
    for (const number of [1, 2, 3]) {
      for (const username of ['ada', 'bob', 'cyd']) createItems(environment, orderOf(username, number));
    }
  });
  const keys = [...environment.histories.getKeys()] as string[][];
  const before = keys.length;
  await environment.root.childTransaction(() => createItems(environment, orderOf('bob', 4)));
  const after = [...environment.histories.getKeys()] as string[][];
  expect(after).toHaveLength(before + 4);
  const isOld = new Set(keys.map((key) => key.join('|')));
  const added = after.flatMap((key, position) => (isOld.has(key.join('|')) ? [] : [{ key, position }]));
  expect(added.map(({ key }) => key.slice(0, 2))).toEqual([
    ['bob', HISTORIES.ledger],
    ['bob', HISTORIES.events],
    ['bob', HISTORIES.orders],
    ['bob', HISTORIES.trades],
  ]);
  const [ledger = NaN, events = NaN, orders = NaN, trades = NaN] = added.map(({ position }) => position);
  expect([events - ledger, trades - orders]).toEqual([1, 1]);
});
