import type { Attributes } from '@cnop/common/database/table-store';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from './contract.ts';
import { createAll, freshPk, ODD_TEXTS_IN_ORDER, orderKey, put, remove, userKey } from './contract.ts';

const EVERY_KIND_OF_VALUE: Attributes = {
  text: 'hello',
  empty_text: '',
  eighteen_decimals: '123456789012345.123456789012345678',
  trailing_zeros: '1.10',
  looks_like_exponent: '1e400',
  looks_like_null: 'null',
  odd: 'é 日本 😀 \uFFFD "quoted" \\ \n\t',
  long: 'x'.repeat(20_000),
  zero: 0,
  negative: -42,
  largest: Number.MAX_SAFE_INTEGER,
  smallest: Number.MIN_SAFE_INTEGER,
  yes: true,
  no: false,
  nothing: null,
  list: ['a', 1, null, ['b'], { c: '1.0' }],
  empty_list: [],
  map: { nested: { deeper: ['0.1', false] }, 'odd name #é': 'x' },
  empty_map: {},
};

/** Defines the tests of single items and batches. */
export function describeItems(context: ContractContext): void {
  describe('items', () => {
    it('an item that was never written is absent', async () => {
      expect(await context.store().get(userKey(freshPk(), 'USER'))).toBeUndefined();
    });

    it('a new item is read back with its key, its attributes and version 1', async () => {
      const key = userKey(freshPk(), 'USER');
      await put(context.store(), key, { attributes: { name: 'alice' } });
      expect(await context.store().get(key)).toEqual({ key, attributes: { name: 'alice' }, version: 1 });
    });

    it('each write increments the version', async () => {
      const key = userKey(freshPk(), 'USER');
      for (const version of [1, 2, 3]) {
        await put(context.store(), key, { attributes: { name: `name ${version}` } });
        expect((await context.store().get(key))?.version).toBe(version);
      }
    });

    it('an item that is deleted and created again starts at version 1', async () => {
      const key = userKey(freshPk(), 'USER');
      await put(context.store(), key, { attributes: {} });
      await put(context.store(), key, { attributes: {} });
      await remove(context.store(), key);
      await put(context.store(), key, { attributes: { again: true } });
      expect(await context.store().get(key)).toEqual({ key, attributes: { again: true }, version: 1 });
    });

    it('a replacement removes the old attributes', async () => {
      const key = userKey(freshPk(), 'USER');
      await put(context.store(), key, { attributes: { old: 1, both: 1 } });
      await put(context.store(), key, { attributes: { both: 2 } });
      expect((await context.store().get(key))?.attributes).toEqual({ both: 2 });
    });

    it('every kind of value is read back unchanged, amounts to their last digit', async () => {
      const key = userKey(freshPk(), 'USER');
      await put(context.store(), key, { attributes: EVERY_KIND_OF_VALUE });
      expect((await context.store().get(key))?.attributes).toStrictEqual(EVERY_KIND_OF_VALUE);
    });

    it('nulls may be left out where readers take an absent attribute for null, and nothing else', async () => {
      const key = userKey(freshPk(), 'USER');
      const nulls = Object.fromEntries(
        Object.entries(EVERY_KIND_OF_VALUE).filter(([, value]) => value === null),
      );
      await put(context.store(), key, { attributes: EVERY_KIND_OF_VALUE, absentIsNull: true });
      const item = await context.store().get(key);
      expect({ ...nulls, ...item?.attributes }).toStrictEqual(EVERY_KIND_OF_VALUE);
    });

    it('an expiry is not an attribute', async () => {
      const key = userKey(freshPk(), 'SESSION');
      await put(context.store(), key, { attributes: { a: 1 }, expiresAtEpochSeconds: 4_000_000_000 });
      expect(await context.store().get(key)).toEqual({ key, attributes: { a: 1 }, version: 1 });
    });

    it('the same key in another table is another item', async () => {
      const pk = freshPk();
      await put(context.store(), userKey(pk, 'X'), { attributes: { table: 'users' } });
      expect(await context.store().get(orderKey(pk, 'X'))).toBeUndefined();
    });

    it('the parts of a key stay separate: A + BC is not AB + C', async () => {
      const pk = freshPk();
      await put(context.store(), userKey(`${pk}A`, 'BC'), { attributes: {} });
      expect(await context.store().get(userKey(`${pk}AB`, 'C'))).toBeUndefined();
      expect(await context.store().get(userKey(pk, 'ABC'))).toBeUndefined();
    });

    it.each(ODD_TEXTS_IN_ORDER)('%j is a key like any other', async (text) => {
      const key = userKey(`${text}${freshPk()}${text}`, text);
      await put(context.store(), key, { attributes: { text } });
      expect(await context.store().get(key)).toEqual({ key, attributes: { text }, version: 1 });
    });
  });

  describe('batchGet', () => {
    it('returns items in the order of the keys, including absent and repeated ones', async () => {
      const pk = freshPk();
      const [a, b, c] = [userKey(pk, 'A'), orderKey(pk, 'B'), userKey(pk, 'C')];
      await createAll(
        context.store(),
        [a, b].map((key) => ({ key, attributes: { sk: key.sk } })),
      );
      const items = await context.store().batchGet([b, c, a, b]);
      expect(items.map((item) => item?.attributes['sk'])).toEqual(['B', undefined, 'A', 'B']);
      expect(items.map((item) => item?.key)).toEqual([b, undefined, a, b]);
    });

    it('returns nothing for no keys', async () => {
      expect(await context.store().batchGet([])).toEqual([]);
    });

    it('reads a hundred items at once', async () => {
      const pk = freshPk();
      const keys = Array.from({ length: 100 }, (_, position) => userKey(pk, `ITEM#${position}`));
      await createAll(
        context.store(),
        keys.map((key) => ({ key, attributes: { sk: key.sk } })),
      );
      const items = await context.store().batchGet(keys);
      expect(items.map((item) => item?.key)).toEqual(keys);
    });
  });
}
