import type { IndexedItem, Item, Query } from '@cnop/common/database/table-store';
import { MAX_KEY_PART_BYTES } from '@cnop/common/database/table-store';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from './contract.ts';
import {
  createAll,
  eventually,
  freshPk,
  ODD_TEXTS_IN_ORDER,
  orderKey,
  put,
  remove,
  userKey,
} from './contract.ts';

const BY_TIME = 'UserOrdersIndex';

/** Defines the tests of secondary indexes. They may lag, so every check is repeated until it passes. */
export function describeIndexes(context: ContractContext): void {
  const byTime = async (pk: string, rest: Partial<Query> = {}): Promise<readonly Item[]> => {
    const query: Query = { table: 'orders', index: BY_TIME, pk, order: 'ascending', limit: 100, ...rest };
    return (await context.store().query(query)).items;
  };
  const sortKeys = ['2024-01', '2024-01#a', '2024-02', '2025-01'];
  const createOrders = async (username: string): Promise<void> => {
    await createAll(
      context.store(),
      sortKeys.toReversed().map((sk) => ({
        key: orderKey(`${username}-${sk}`),
        attributes: { at: sk, side: sk < '2025' ? 'buy' : 'sell' },
        indexes: { [BY_TIME]: { pk: username, sk } },
      })),
    );
  };

  describe('indexes', () => {
    it('an index sorts items by its sort key, ascending and descending', async () => {
      const username = freshPk();
      await createOrders(username);
      await eventually(async () => {
        expect((await byTime(username)).map((item) => item.attributes['at'])).toEqual(sortKeys);
        const descending = await byTime(username, { order: 'descending' });
        expect(descending.map((item) => item.attributes['at'])).toEqual(sortKeys.toReversed());
      });
    });

    it('sort keys of an index are ordered by their bytes in UTF-8 and found by prefix', async () => {
      const username = freshPk();
      await createAll(
        context.store(),
        ODD_TEXTS_IN_ORDER.map((sk, position) => ({
          key: orderKey(`${username}-${position}`),
          attributes: { sk },
          indexes: { [BY_TIME]: { pk: username, sk } },
        })),
      );
      await eventually(async () => {
        expect((await byTime(username)).map((item) => item.attributes['sk'])).toEqual(ODD_TEXTS_IN_ORDER);
        for (const prefix of ODD_TEXTS_IN_ORDER) {
          const found = (await byTime(username, { sk: { prefix } })).map((item) => item.attributes['sk']);
          expect(found).toEqual(ODD_TEXTS_IN_ORDER.filter((sk) => sk.startsWith(prefix)));
        }
      });
    });

    it('prefixes, inclusive bounds and filters work on an index', async () => {
      const username = freshPk();
      await createOrders(username);
      await eventually(async () => {
        const found = async (rest: Partial<Query>) =>
          (await byTime(username, rest)).map((item) => item.attributes['at']);
        expect(await found({ sk: { prefix: '2024-01' } })).toEqual(['2024-01', '2024-01#a']);
        expect(await found({ sk: { from: '2024-01#a', to: '2025-01' } })).toEqual(sortKeys.slice(1));
        expect(await found({ sk: { to: '2024-01' } })).toEqual(['2024-01']);
        expect(await found({ where: { side: 'sell' } })).toEqual(['2025-01']);
      });
    });

    it('an index with all attributes returns the whole item with its key and version', async () => {
      const username = freshPk();
      const key = orderKey(`${username}-1`);
      const content = {
        attributes: { a: '1.10', list: ['x'] },
        indexes: { [BY_TIME]: { pk: username, sk: 't' } },
      };
      await put(context.store(), key, content);
      await put(context.store(), key, content);
      await eventually(async () => {
        expect(await byTime(username)).toEqual([{ key, attributes: content.attributes, version: 2 }]);
      });
    });

    it.each([
      ['EmailIndex', 'username'],
      ['AssetIndex', undefined],
    ] as const)(
      '%s shows only what it projects, without a version to decide on',
      async (index, projected) => {
        const username = freshPk();
        const key = userKey(username, 'ITEM');
        const entry = { pk: `entry-${username}`, sk: username };
        await put(context.store(), key, {
          attributes: { username, secret: 'x' },
          indexes: { [index]: entry },
        });
        await eventually(async () => {
          const page = await context
            .store()
            .query({ table: 'users', index, pk: entry.pk, order: 'ascending', limit: 10 });
          const attributes = projected === undefined ? {} : { [projected]: username };
          expect(page.items).toEqual([{ key, attributes, version: 0 }]);
        });
      },
    );

    it('a scan of an index returns every entry and the key of its item', async () => {
      const username = freshPk();
      await createOrders(username);
      await eventually(async () => {
        const lines: IndexedItem[] = [];
        for await (const line of context.store().scanIndex('orders', BY_TIME)) {
          if (line.entry.pk === username) lines.push(line);
        }
        expect(lines).toEqual(
          sortKeys.map((sk) => ({ entry: { pk: username, sk }, key: orderKey(`${username}-${sk}`) })),
        );
      });
    });

    it('an item without an entry is not in the index', async () => {
      const username = freshPk();
      await put(context.store(), orderKey(`${username}-1`), { attributes: { username } });
      await put(context.store(), orderKey(`${username}-2`), {
        attributes: { username },
        indexes: { TriggerIndex: { pk: username, sk: 'BTC' }, [BY_TIME]: { pk: username, sk: 't' } },
      });
      await eventually(async () => {
        expect((await byTime(username)).map((item) => item.key.pk)).toEqual([`${username}-2`]);
      });
    });

    it('an entry moves, disappears and reappears with its item', async () => {
      const username = freshPk();
      const key = orderKey(`${username}-1`);
      const timesOf = async (pk: string) => (await byTime(pk)).map((item) => item.attributes['n']);
      const putWith = async (n: number, entry: { pk: string; sk: string } | undefined) =>
        await put(context.store(), key, {
          attributes: { n },
          ...(entry && { indexes: { [BY_TIME]: entry } }),
        });

      await putWith(1, { pk: username, sk: 'b' });
      await putWith(2, { pk: username, sk: 'a' });
      await eventually(async () => expect(await timesOf(username)).toEqual([2]));
      await putWith(3, { pk: `${username}-other`, sk: 'a' });
      await eventually(async () => {
        expect(await timesOf(username)).toEqual([]);
        expect(await timesOf(`${username}-other`)).toEqual([3]);
      });
      await putWith(4, undefined);
      await eventually(async () => expect(await timesOf(`${username}-other`)).toEqual([]));
      await putWith(5, { pk: username, sk: 'c' });
      await eventually(async () => expect(await timesOf(username)).toEqual([5]));
      await remove(context.store(), key);
      await eventually(async () => expect(await timesOf(username)).toEqual([]));
    });

    it('an index accepts the longest keys', async () => {
      const long = (end: string) =>
        `${freshPk()}${'x'.repeat(MAX_KEY_PART_BYTES)}`.slice(0, MAX_KEY_PART_BYTES - 1) + end;
      const [username, pk, sk] = [long('u'), long('p'), long('s')];
      const key = orderKey(pk, sk);
      await put(context.store(), key, {
        attributes: {},
        indexes: { [BY_TIME]: { pk: username, sk: long('t') } },
      });
      expect((await context.store().get(key))?.version).toBe(1);
      await eventually(async () => expect((await byTime(username)).map((item) => item.key)).toEqual([key]));
    });
  });
}
