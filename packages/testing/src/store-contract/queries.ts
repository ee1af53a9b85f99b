import type { Filter, Query, SortKeyRange } from '@cnop/common/database/table-store';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from './contract.ts';
import { createAll, freshPk, ODD_TEXTS_IN_ORDER, userKey } from './contract.ts';

const SORT_KEYS = ['ASSET#BTC', 'ASSET#ETH', 'BALANCE', 'TRANS#1', 'TRANS#10', 'TRANS#2', 'TRANS$', 'USER'];

const RANGES: readonly (readonly [string, SortKeyRange, readonly string[]])[] = [
  ['an empty prefix', { prefix: '' }, SORT_KEYS],
  ['a prefix', { prefix: 'TRANS#' }, ['TRANS#1', 'TRANS#10', 'TRANS#2']],
  ['a prefix that is a whole key', { prefix: 'TRANS#1' }, ['TRANS#1', 'TRANS#10']],
  ['a prefix of nothing', { prefix: 'TRANS#3' }, []],
  ['no bounds', {}, SORT_KEYS],
  ['a lower bound', { from: 'TRANS#2' }, ['TRANS#2', 'TRANS$', 'USER']],
  ['an upper bound', { to: 'ASSET#ETH' }, ['ASSET#BTC', 'ASSET#ETH']],
  ['two bounds, both inclusive', { from: 'BALANCE', to: 'TRANS#10' }, ['BALANCE', 'TRANS#1', 'TRANS#10']],
  ['two bounds that are no keys', { from: 'B', to: 'TRANS#11' }, ['BALANCE', 'TRANS#1', 'TRANS#10']],
  ['two equal bounds', { from: 'USER', to: 'USER' }, ['USER']],
  ['an empty lower bound', { from: '', to: 'ASSET#BTC' }, ['ASSET#BTC']],
  ['an empty upper bound', { to: '' }, []],
  ['bounds in the wrong order', { from: 'USER', to: 'ASSET' }, []],
];

/** Defines the tests of queries on the primary key. */
export function describeQueries(context: ContractContext): void {
  const sortKeysOf = async (query: Omit<Query, 'table' | 'limit'>): Promise<string[]> => {
    const page = await context.store().query({ table: 'users', limit: 100, ...query });
    expect(page.next).toBeUndefined();
    return page.items.map((item) => item.key.sk);
  };

  describe('queries', () => {
    it.each(RANGES)('%s finds what it says, in both orders', async (_name, sk, expected) => {
      const pk = freshPk();
      await createAll(
        context.store(),
        SORT_KEYS.map((each) => ({ key: userKey(pk, each), attributes: {} })),
      );
      expect(await sortKeysOf({ pk, sk, order: 'ascending' })).toEqual(expected);
      expect(await sortKeysOf({ pk, sk, order: 'descending' })).toEqual(expected.toReversed());
    });

    it('returns items with their keys, attributes and versions', async () => {
      const key = userKey(freshPk(), 'USER');
      await createAll(context.store(), [{ key, attributes: { name: 'alice', amount: '1.10' } }]);
      const page = await context.store().query({ table: 'users', pk: key.pk, order: 'ascending', limit: 10 });
      expect(page).toEqual({
        items: [{ key, attributes: { name: 'alice', amount: '1.10' }, version: 1 }],
        next: undefined,
      });
    });

    it('a partition whose key is a prefix of another returns only its own items', async () => {
      const pk = freshPk();
      const items = [pk, `${pk}B`, `${pk}#`, `${pk} `].map((each) => ({
        key: userKey(each, 'X'),
        attributes: {},
      }));
      await createAll(context.store(), items);
      const page = await context.store().query({ table: 'users', pk, order: 'ascending', limit: 10 });
      expect(page.items.map((item) => item.key.pk)).toEqual([pk]);
    });

    it('an empty partition returns an empty page', async () => {
      expect(await sortKeysOf({ pk: freshPk(), order: 'descending' })).toEqual([]);
    });

    it('sort keys are ordered by their bytes in UTF-8', async () => {
      const pk = freshPk();
      const shuffled = ODD_TEXTS_IN_ORDER.toReversed();
      await createAll(
        context.store(),
        shuffled.map((sk) => ({ key: userKey(pk, sk), attributes: {} })),
      );
      expect(await sortKeysOf({ pk, order: 'ascending' })).toEqual(ODD_TEXTS_IN_ORDER);
      expect(await sortKeysOf({ pk, order: 'descending' })).toEqual(ODD_TEXTS_IN_ORDER.toReversed());
    });

    it.each(ODD_TEXTS_IN_ORDER)('%j as a prefix finds the keys that begin with it', async (prefix) => {
      const pk = freshPk();
      await createAll(
        context.store(),
        ODD_TEXTS_IN_ORDER.map((sk) => ({ key: userKey(pk, sk), attributes: {} })),
      );
      const expected = ODD_TEXTS_IN_ORDER.filter((sk) => sk.startsWith(prefix));
      expect(await sortKeysOf({ pk, sk: { prefix }, order: 'ascending' })).toEqual(expected);
    });

    it('where keeps items with equal attributes, of every simple type', async () => {
      const pk = freshPk();
      const values = ['1', 1, true, null, '', '1.0'];
      await createAll(
        context.store(),
        values.map((kind, position) => ({
          key: userKey(pk, `ITEM#${position}`),
          attributes: { kind, side: 'buy' },
        })),
      );
      for (const [position, kind] of values.entries()) {
        const found = await sortKeysOf({ pk, order: 'ascending', where: { kind, side: 'buy' } });
        expect(found).toEqual([`ITEM#${position}`]);
      }
      expect(await sortKeysOf({ pk, order: 'ascending', where: { kind: '1', side: 'sell' } })).toEqual([]);
      expect(await sortKeysOf({ pk, order: 'ascending', where: { missing: null } })).toEqual([]);
      expect(await sortKeysOf({ pk, order: 'ascending', where: {} })).toHaveLength(values.length);
    });

    it('where keeps items whose attribute is one of several values or sorts after a text', async () => {
      const pk = freshPk();
      const items = [
        { status: 'queued', at: '2026-01-01' },
        { status: 'completed', at: '2026-01-02' },
        { status: null, at: '2026-01-03' },
        { at: 3 },
      ];
      await createAll(
        context.store(),
        items.map((attributes, position) => ({ key: userKey(pk, `ITEM#${position}`), attributes })),
      );
      const found = (where: Filter) => sortKeysOf({ pk, order: 'ascending', where });
      expect(await found({ status: { in: ['queued', null] } })).toEqual(['ITEM#0', 'ITEM#2']);
      expect(await found({ status: { in: ['failed'] } })).toEqual([]);
      expect(await found({ at: { after: '2026-01-01' } })).toEqual(['ITEM#1', 'ITEM#2']);
      expect(await found({ status: { in: ['completed', 'queued'] }, at: { after: '2026' } })).toEqual([
        'ITEM#0',
        'ITEM#1',
      ]);
    });
  });
}
