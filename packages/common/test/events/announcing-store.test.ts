import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import { ItemExistsError } from '@cnop/common/database/store-errors';
import type { IndexEntry, TableStore, Write } from '@cnop/common/database/table-store';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import {
  ASSETS_CHANNEL,
  announceChanges,
  EVENTS_CHANNEL,
  OPEN_ORDERS_CHANNEL,
} from '@cnop/common/events/announcing-store';
import { anEventId, aTime, aUsername } from '@cnop/testing/builders/brands';
import { freshPk, put, userKey } from '@cnop/testing/store-contract/contract';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Username } from '../../src/core/brands.ts';

const ALICE = aUsername('alice');

let folder: string;
let plain: TableStore;
let published: string[];
let store: TableStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnop-announce-'));
  plain = createLmdbTableStore({ path: folder });
});
afterAll(async () => {
  await plain.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  published = [];
  store = announceChanges(plain, {
    publish: (channel, message) => published.push(`${channel} ${message}`),
  });
});

let seq = 0;
function eventOf(username: Username): Write {
  seq += 1;
  const event: LiveEvent = {
    seq,
    id: anEventId('01990000-0000-7000-8000-000000000001'),
    type: 'balance.changed',
    occurred_at: aTime('2026-01-15T12:00:00.000Z'),
    username,
    data: {},
  };
  return liveEventRecord.create(event);
}
const writing = (...writes: Write[]) => ({ writes, result: 'done' });

it('publishes the users of committed events, and returns the result', async () => {
  const other: Write = { kind: 'create', key: userKey(freshPk(), 'USER'), attributes: {} };
  expect(await store.transact({}, () => writing(other, eventOf(ALICE)))).toBe('done');
  expect(published).toEqual([`${EVENTS_CHANNEL} alice`]);
  await store.transact({}, () => writing(eventOf(aUsername('bob')), eventOf(aUsername('carol'))));
  expect(published.slice(1)).toEqual([`${EVENTS_CHANNEL} bob`, `${EVENTS_CHANNEL} carol`]);
});

it('publishes committed assets, but not candles', async () => {
  const candle: Write = {
    kind: 'create',
    key: { table: 'inventory', pk: `CANDLE#${freshPk()}#1m`, sk: '2026-01-15T12:00:00.000Z' },
    attributes: {},
  };
  const asset: Write = {
    kind: 'create',
    key: { table: 'inventory', pk: 'ABC', sk: 'ASSET' },
    attributes: {},
  };
  await store.transact({}, () => writing(asset, candle));
  expect(published).toEqual([`${ASSETS_CHANNEL} ABC`]);
});

it('publishes orders that are accepted and open, but not other changes of orders', async () => {
  const order = (
    pk: string,
    more: { readonly indexes?: Record<'TriggerIndex', IndexEntry> } = {},
  ): Write => ({
    kind: 'create',
    key: { table: 'orders', pk, sk: 'ORDER' },
    attributes: { username: 'alice', asset_id: 'BTC' },
    ...more,
  });
  const open = freshPk();
  const index = { indexes: { TriggerIndex: { pk: 'BTC#ASK_LE', sk: '1' } } };
  await store.transact({}, () => writing(order(open, index), order(freshPk())));
  expect(published).toEqual([`${OPEN_ORDERS_CHANNEL} ${open}`]);
});

it('publishes after the commit, when the event can be read', async () => {
  const write = eventOf(ALICE);
  let found: unknown;
  const watching = announceChanges(plain, {
    publish: () => {
      found = plain.get(write.key);
    },
  });
  await watching.transact({}, () => writing(write));
  expect(await found).toMatchObject({ attributes: { username: 'alice' } });
});

it('publishes nothing for commits without an event', async () => {
  await put(store, userKey(freshPk(), 'EVENT#'), { attributes: { username: 'alice' } });
  await store.transact({}, () => writing());
  expect(published).toEqual([]);
});

it('publishes nothing for a refused transaction', async () => {
  await expect(
    store.transact({}, () => {
      throw new Error('refused');
    }),
  ).rejects.toThrow('refused');
  const twice = eventOf(ALICE);
  await store.transact({}, () => writing(twice));
  await expect(store.transact({}, () => writing(twice))).rejects.toThrow(ItemExistsError);
  expect(published).toEqual([`${EVENTS_CHANNEL} alice`]);
});

it('publishes the committed decision when decide ran twice', async () => {
  let turns = 0;
  // Simulates an adapter that retries after a conflict.
  const deciding: TableStore = {
    ...plain,
    transact: async (reads, decide) => {
      if (turns++ === 0) decide({} as never);
      return plain.transact(reads, decide);
    },
  };
  const events = [eventOf(aUsername('first_try')), eventOf(aUsername('second_try'))];
  await announceChanges(deciding, {
    publish: (_channel, message) => published.push(message),
  }).transact({}, () => writing(events.shift()!));
  expect(published).toEqual(['second_try']);
});

it('passes all other calls to the store', async () => {
  const key = userKey(freshPk(), 'USER');
  await put(store, key, { attributes: { a: 1 } });
  expect(await store.get(key)).toMatchObject({ attributes: { a: 1 } });
  expect(Object.keys(store).toSorted()).toEqual(Object.keys(plain).toSorted());
});
