import type { Item, ItemKey, WholeItem } from '@cnop/common/database/table-store';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from './contract.ts';
import {
  counterValue,
  createAll,
  eventually,
  freshPk,
  increment,
  orderKey,
  put,
  userKey,
} from './contract.ts';

/** Defines the tests of durability and of reading the whole store. */
export function describeDurability(context: ContractContext): void {
  const scanned = async (pkPrefix: string): Promise<Item[]> => {
    const items: Item[] = [];
    for await (const item of context.store().scan('users')) {
      if (item.key.pk.startsWith(pkPrefix)) items.push(item);
    }
    return items;
  };

  describe('durability', () => {
    it('answers a ping', async () => {
      await expect(context.store().ping()).resolves.toBeUndefined();
    });

    it('a scan returns every item of the table once, in the order of its sort keys', async () => {
      const prefix = freshPk();
      const keys = ['a', 'b', 'c'].flatMap((pk) =>
        Array.from({ length: 120 }, (_, position) =>
          userKey(`${prefix}-${pk}`, String(position).padStart(3, '0')),
        ),
      );
      await createAll(
        context.store(),
        keys.toReversed().map((key) => ({ key, attributes: { text: 'x'.repeat(4_000) } })),
      );
      const items = await scanned(prefix);
      // The adapter chooses the order of the partitions.
      const seen = items.toSorted((one, other) =>
        one.key.pk < other.key.pk ? -1 : Number(one.key.pk > other.key.pk),
      );
      expect(seen.map((item) => item.key)).toEqual(keys);
    });

    it('a scan can continue behind any item, and returns index entries and expiry', async () => {
      const user = freshPk();
      const keys = [
        userKey(user, 'BALANCE'),
        userKey(user, 'TRANS#1'),
        userKey(user, 'TRANS#2'),
        userKey(user, 'USER'),
        userKey(`${user}b`, 'TRANS#1'),
        userKey(`EVENT#${user}`, '1'),
        userKey(`EVENT#${user}`, '2'),
        userKey(`TRANS#${user}#BTC`, '1'),
        userKey(`TRANS#${user}#BTC`, '2'),
        userKey(`TRANS#${user}#ETH`, '1'),
      ];
      const content = {
        attributes: { n: 1 },
        indexes: { AssetIndex: { pk: user, sk: 'a' }, UserDirectoryIndex: { pk: user, sk: 'b' } },
        expiresAtEpochSeconds: 4_000_000_000,
      };
      await createAll(
        context.store(),
        keys.map((key) => ({ key, ...content })),
      );
      const behind = async (after?: ItemKey): Promise<WholeItem[]> => {
        const items: WholeItem[] = [];
        for await (const item of context.store().scan('users', after)) {
          if (item.key.pk.includes(user)) items.push(item);
        }
        return items;
      };
      const all = await behind();
      expect(new Set(all.map(({ key }) => key))).toEqual(new Set(keys));
      for (const item of all) expect(item).toEqual({ key: item.key, version: 1, ...content });
      // Each scan reads what all other tests have written. These positions are in every kind of list.
      for (const position of [0, 2, 5, 8]) {
        expect(await behind(all[position]?.key)).toEqual(all.slice(position + 1));
      }
    });

    it('a snapshot, if supported, is unaffected by later writes', async () => {
      const pk = freshPk();
      const [old, later] = [userKey(pk, 'A'), userKey(pk, 'B')];
      await put(context.store(), old, { attributes: { value: 1 } });
      const snapshot = await context.store().snapshot?.();
      if (!snapshot) return;
      await increment(context.store(), old);
      await increment(context.store(), later);
      const items: Item[] = [];
      for await (const item of snapshot.scan('users')) if (item.key.pk === pk) items.push(item);
      expect(items).toEqual([{ key: old, attributes: { value: 1 }, version: 1 }]);
      expect(await snapshot.batchGet([old, later])).toEqual([items[0], undefined]);
      snapshot.release();
      expect(counterValue(await context.store().get(old))).toBe(2);
    });

    it('keeps items, versions and indexes when it is closed and opened again', async () => {
      const username = freshPk();
      const key = userKey(username, 'BALANCE');
      await increment(context.store(), key);
      await increment(context.store(), key);
      await put(context.store(), orderKey(username), {
        attributes: { n: 1 },
        indexes: { UserOrdersIndex: { pk: username, sk: 't' } },
      });
      await context.reopen();
      expect(await context.store().get(key)).toEqual({ key, attributes: { value: 2 }, version: 2 });
      await eventually(async () => {
        const page = await context.store().query({
          table: 'orders',
          index: 'UserOrdersIndex',
          pk: username,
          order: 'ascending',
          limit: 2,
        });
        expect(page.items.map((item) => item.key)).toEqual([orderKey(username)]);
      });
      await increment(context.store(), key);
      const item = await context.store().get(key);
      expect([counterValue(item), item?.version]).toEqual([3, 3]);
    });
  });
}
