import type { IndexedOrder } from '@cnop/common/dao/order/trigger-index-dao';
import { anAssetId, anOrderId, aUsername } from '@cnop/testing/builders/brands';
import { expect, it } from 'vitest';
import { createPace } from '../../src/trigger-engine/pace.ts';
import { readLeftOrders } from '../../src/trigger-engine/stand-by.ts';

const order = (id: string): IndexedOrder => ({
  orderId: anOrderId(id),
  username: aUsername('alice'),
  assetId: anAssetId('BTC'),
});
const isClosing = () => false;

/** Returns the pages in turn, the last one again and again. */
function reads(...pages: readonly (readonly string[])[]) {
  let count = 0;
  const read = async () => {
    const page = pages[Math.min(count, pages.length - 1)] ?? [];
    count += 1;
    return { items: page.map(order), next: undefined };
  };
  return { read, count: () => count };
}

function lagging() {
  const pace = createPace();
  pace.lost(anOrderId('other'));
  return pace;
}

it('an engine that does not lag takes what it finds at once', async () => {
  const { read, count } = reads(['a', 'b']);
  expect((await readLeftOrders({ pace: createPace(), isClosing }, read)).items).toHaveLength(2);
  expect(count()).toBe(1);
});

it('an engine that lags leaves orders to another one that makes progress, until none is left', async () => {
  const { read, count } = reads(['a', 'b', 'c'], ['b', 'c', 'new'], ['new'], []);
  expect((await readLeftOrders({ pace: lagging(), isClosing }, read)).items).toEqual([]);
  expect(count()).toBe(4);
});

it('an engine that lags takes the orders that nothing happens to', async () => {
  const { read } = reads(['a', 'b'], ['b', 'new']);
  const { items } = await readLeftOrders({ pace: lagging(), isClosing }, read);
  expect(items).toEqual([order('b'), order('new')]);
});

it('an engine that is closing waits for no other one', async () => {
  const { read, count } = reads(['a']);
  await readLeftOrders({ pace: lagging(), isClosing: () => true }, read);
  expect(count()).toBe(1);
});
