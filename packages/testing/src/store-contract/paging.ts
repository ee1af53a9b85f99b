import type { Item, Query } from '@cnop/common/database/table-store';
import { MAX_EVALUATED_PER_QUERY } from '@cnop/common/database/table-store';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from './contract.ts';
import { createAll, eventually, freshPk, orderKey, userKey } from './contract.ts';

const ITEMS = 60;
const LARGE_ITEMS = 300;
const LARGE_TEXT = 'x'.repeat(4_000);
/** More pages than any test has, so that endless paging fails instead of hanging. */
const MAX_PAGES = 200;

/** Defines the tests of paging: the pages are the list, without gaps or repeats. */
export function describePaging(context: ContractContext): void {
  const allPages = async (query: Query): Promise<Item[][]> => {
    const pages: Item[][] = [];
    let after = query.after;
    do {
      const page = await context.store().query({ ...query, after });
      expect(page.items.length).toBeLessThanOrEqual(query.limit);
      pages.push([...page.items]);
      after = page.next;
    } while (after && pages.length < MAX_PAGES);
    expect(after).toBeUndefined();
    return pages;
  };
  const createItems = async (count: number): Promise<{ pk: string; sortKeys: string[] }> => {
    const pk = freshPk();
    const sortKeys = Array.from(
      { length: count },
      (_, position) => `ITEM#${String(position).padStart(5, '0')}`,
    );
    await createAll(
      context.store(),
      sortKeys.map((sk, position) => ({ key: userKey(pk, sk), attributes: { third: position % 3 } })),
    );
    return { pk, sortKeys };
  };

  describe('paging', () => {
    it.each([1, 7, ITEMS - 1, ITEMS, ITEMS + 1])(
      'pages of %i show every item once, in both orders',
      async (limit) => {
        const { pk, sortKeys } = await createItems(ITEMS);
        for (const order of ['ascending', 'descending'] as const) {
          const pages = await allPages({ table: 'users', pk, sk: { prefix: 'ITEM#' }, order, limit });
          const seen = pages.flat().map((item) => item.key.sk);
          expect(seen).toEqual(order === 'ascending' ? sortKeys : sortKeys.toReversed());
          // All pages are full, and there is no empty one at the end.
          expect(pages).toHaveLength(Math.ceil(ITEMS / limit));
        }
      },
    );

    it('a position is the key of the last returned item', async () => {
      const { pk, sortKeys } = await createItems(3);
      const page = await context.store().query({ table: 'users', pk, order: 'ascending', limit: 2 });
      expect(page.next).toEqual({ pk, sk: sortKeys[1] });
    });

    it('a page continues after the previous one, whatever was created or deleted since', async () => {
      const { pk } = await createItems(4);
      const query: Query = { table: 'users', pk, order: 'ascending', limit: 2 };
      const first = await context.store().query(query);
      const last = userKey(pk, 'ITEM#00001');
      await context.store().transact({ last }, () => ({
        writes: [
          { kind: 'delete', key: last },
          { kind: 'create', key: userKey(pk, 'ITEM#00000.5'), attributes: {} },
          { kind: 'create', key: userKey(pk, 'ITEM#00002.5'), attributes: {} },
        ],
        result: undefined,
      }));
      const second = await context.store().query({ ...query, limit: 10, after: first.next });
      expect(second.items.map((item) => item.key.sk)).toEqual(['ITEM#00002', 'ITEM#00002.5', 'ITEM#00003']);
    });

    it.each([1, 7, 100])('pages of %i that filter show every match once', async (limit) => {
      const { pk, sortKeys } = await createItems(ITEMS);
      for (const order of ['ascending', 'descending'] as const) {
        const pages = await allPages({ table: 'users', pk, order, limit, where: { third: 1 } });
        const expected = sortKeys.filter((_, position) => position % 3 === 1);
        expect(pages.flat().map((item) => item.key.sk)).toEqual(
          order === 'ascending' ? expected : expected.toReversed(),
        );
      }
    });

    it('a full filtered page is the last one when no other match follows', async () => {
      const { pk } = await createItems(ITEMS);
      // Items that do not match follow the last match, in either order.
      for (const order of ['ascending', 'descending'] as const) {
        const query: Query = { table: 'users', pk, order, limit: ITEMS / 3, where: { third: 1 } };
        const page = await context.store().query(query);
        expect(page.items).toHaveLength(ITEMS / 3);
        expect(page.next).toBeUndefined();
        const shorter = await context.store().query({ ...query, limit: ITEMS / 3 - 1 });
        expect(shorter.next).toBeDefined();
      }
    });

    it('a filter that drops nearly everything returns a short page with a position', async () => {
      const pk = freshPk();
      const count = MAX_EVALUATED_PER_QUERY + 10;
      await createAll(
        context.store(),
        Array.from({ length: count }, (_, position) => ({
          key: userKey(pk, String(position).padStart(5, '0')),
          attributes: { isLast: position === count - 1 },
        })),
      );
      const query: Query = { table: 'users', pk, order: 'ascending', limit: 5, where: { isLast: true } };
      const first = await context.store().query(query);
      expect(first.items).toEqual([]);
      expect(first.next).toBeDefined();
      const pages = await allPages({ ...query, after: first.next });
      expect(pages.flat().map((item) => item.key.sk)).toEqual([String(count - 1).padStart(5, '0')]);
    });

    it('a page may be larger than a megabyte', async () => {
      const pk = freshPk();
      await createAll(
        context.store(),
        Array.from({ length: LARGE_ITEMS }, (_, position) => ({
          key: userKey(pk, String(position).padStart(5, '0')),
          attributes: { text: LARGE_TEXT },
        })),
      );
      const page = await context
        .store()
        .query({ table: 'users', pk, order: 'descending', limit: LARGE_ITEMS });
      expect(page.items.map((item) => Number(item.key.sk))).toEqual(
        Array.from({ length: LARGE_ITEMS }, (_, position) => LARGE_ITEMS - 1 - position),
      );
      expect(page.next).toBeUndefined();
    });

    it('pages of an index return items with equal index keys once each', async () => {
      const username = freshPk();
      const pks = Array.from(
        { length: 20 },
        (_, position) => `${username}-${String(position).padStart(2, '0')}`,
      );
      await createAll(
        context.store(),
        pks.map((pk, position) => ({
          key: orderKey(pk),
          attributes: {},
          indexes: { UserOrdersIndex: { pk: username, sk: `time ${Math.floor(position / 5)}` } },
        })),
      );
      await eventually(async () => {
        for (const limit of [1, 3, 5, 20]) {
          const query = { table: 'orders', index: 'UserOrdersIndex', pk: username, limit } as const;
          const seen = (await allPages({ ...query, order: 'descending' })).flat().map((item) => item.key.pk);
          expect(seen.toSorted()).toEqual(pks);
          const back = (await allPages({ ...query, order: 'ascending' })).flat().map((item) => item.key.pk);
          expect(back).toEqual(seen.toReversed());
        }
      });
    });

    it('a position of an index includes the index key', async () => {
      const username = freshPk();
      await createAll(
        context.store(),
        ['a', 'b'].map((id) => ({
          key: orderKey(`${username}-${id}`),
          attributes: {},
          indexes: { UserOrdersIndex: { pk: username, sk: `time ${id}` } },
        })),
      );
      await eventually(async () => {
        const page = await context.store().query({
          table: 'orders',
          index: 'UserOrdersIndex',
          pk: username,
          order: 'ascending',
          limit: 1,
        });
        expect(page.next).toEqual({ pk: `${username}-a`, sk: 'ORDER', indexSk: 'time a' });
      });
    });

    // A client can change its cursor, which must not reveal items outside the query.
    it.each([
      ['below the range', 'A', ['TRANS#1', 'TRANS#2'], []],
      ['above the range', 'Z', [], ['TRANS#2', 'TRANS#1']],
    ] as const)('a position %s shows nothing outside of it', async (_name, sk, ascending, descending) => {
      const pk = freshPk();
      await createAll(
        context.store(),
        ['ASSET#1', 'TRANS#1', 'TRANS#2', 'USER'].map((each) => ({ key: userKey(pk, each), attributes: {} })),
      );
      for (const range of [{ prefix: 'TRANS#' }, { from: 'TRANS#', to: 'TRANS#9' }]) {
        for (const order of ['ascending', 'descending'] as const) {
          const query: Query = { table: 'users', pk, sk: range, order, limit: 10, after: { pk, sk } };
          const page = await context.store().query(query);
          expect(page.items.map((item) => item.key.sk)).toEqual(
            order === 'ascending' ? ascending : descending,
          );
        }
      }
    });

    it('a position of another partition does not leave the queried one', async () => {
      const { pk, sortKeys } = await createItems(3);
      const other = await createItems(3);
      const page = await context.store().query({
        table: 'users',
        pk,
        order: 'ascending',
        limit: 10,
        after: { pk: other.pk, sk: 'ITEM#00000' },
      });
      expect(page.items.map((item) => item.key)).toEqual(sortKeys.slice(1).map((sk) => userKey(pk, sk)));
    });
  });
}
