import { ItemExistsError } from '@cnop/common/database/store-errors';
import type { Write } from '@cnop/common/database/table-store';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from './contract.ts';
import { freshPk, orderKey, put, remove, userKey } from './contract.ts';

class Refusal extends Error {}

/** Defines the tests of atomicity. */
export function describeAtomicity(context: ContractContext): void {
  describe('transactions', () => {
    it('writes to several tables together and returns the result', async () => {
      const pk = freshPk();
      const keys = [userKey(pk, 'BALANCE'), userKey(pk, 'TRANS#1'), orderKey(pk)];
      const result = await context.store().transact({}, () => ({
        writes: keys.map((key) => ({ kind: 'create' as const, key, attributes: { sk: key.sk } })),
        result: 'done',
      }));
      expect(result).toBe('done');
      const items = await context.store().batchGet(keys);
      expect(items.map((item) => item?.version)).toEqual([1, 1, 1]);
    });

    it('passes the items to decide by name, and absent items as undefined', async () => {
      const pk = freshPk();
      const present = userKey(pk, 'A');
      await put(context.store(), present, { attributes: { value: '1.50' } });
      const seen = await context
        .store()
        .transact({ present, absent: userKey(pk, 'B') }, (items) => ({ writes: [], result: items }));
      expect(seen).toEqual({
        present: { key: present, attributes: { value: '1.50' }, version: 1 },
        absent: undefined,
      });
    });

    it('reads one item under two names', async () => {
      const key = userKey(freshPk(), 'A');
      await put(context.store(), key, { attributes: { value: 1 } });
      const versions = await context.store().transact({ from: key, to: key }, ({ from, to }) => ({
        writes: [{ kind: 'replace', key, attributes: { value: 2 } }],
        result: [from?.version, to?.version],
      }));
      expect(versions).toEqual([1, 1]);
      expect((await context.store().get(key))?.version).toBe(2);
    });

    it('a replacement creates an item that was read as absent', async () => {
      const key = userKey(freshPk(), 'A');
      await put(context.store(), key, { attributes: { value: 1 } });
      expect((await context.store().get(key))?.version).toBe(1);
    });

    it('deletes an item, and accepts deleting it again', async () => {
      const key = userKey(freshPk(), 'A');
      await put(context.store(), key, { attributes: {} });
      await remove(context.store(), key);
      expect(await context.store().get(key)).toBeUndefined();
      await remove(context.store(), key);
      expect(await context.store().get(key)).toBeUndefined();
    });

    it('rethrows an error of decide unchanged and writes nothing', async () => {
      const key = userKey(freshPk(), 'A');
      await put(context.store(), key, { attributes: { value: 1 } });
      const refusal = new Refusal('insufficient funds');
      const other = userKey(freshPk(), 'B');
      for (const reads of [{ key }, { key, other }, {}]) {
        const refused = context.store().transact(reads, () => {
          throw refusal;
        });
        await expect(refused).rejects.toBe(refusal);
      }
      expect((await context.store().get(key))?.version).toBe(1);
    });

    it('refuses a single create of an existing item and changes nothing', async () => {
      const key = userKey(freshPk(), 'A');
      await put(context.store(), key, { attributes: { value: 1 } });
      const write: Write = { kind: 'create', key, attributes: { value: 2 } };
      await expect(
        context.store().transact({}, () => ({ writes: [write], result: undefined })),
      ).rejects.toThrow(ItemExistsError);
      expect(await context.store().get(key)).toEqual({ key, attributes: { value: 1 }, version: 1 });
    });

    it('refuses a create of an item that was read as present, alone or with others', async () => {
      const pk = freshPk();
      const [key, other] = [userKey(pk, 'A'), userKey(pk, 'B')];
      await put(context.store(), key, { attributes: { value: 1 } });
      const write: Write = { kind: 'create', key, attributes: { value: 2 } };
      for (const reads of [{ key }, { key, other }]) {
        const created = context.store().transact(reads, () => ({ writes: [write], result: undefined }));
        await expect(created).rejects.toThrow(ItemExistsError);
      }
      expect((await context.store().get(key))?.version).toBe(1);
    });

    it.each([0, 1, 2])(
      'when write %i of three meets an existing item, none of the three happens',
      async (failing) => {
        const pk = freshPk();
        const keys = ['A', 'B', 'C'].map((sk) => userKey(pk, sk));
        const existing = keys[failing] ?? userKey(pk, 'A');
        const balance = userKey(pk, 'BALANCE');
        await put(context.store(), balance, { attributes: { value: 1 } });
        await put(context.store(), existing, { attributes: { value: 'old' } });
        const created = context.store().transact({ balance }, () => ({
          writes: [
            { kind: 'replace', key: balance, attributes: { value: 2 } },
            ...keys.map((key) => ({ kind: 'create' as const, key, attributes: { value: 'new' } })),
          ],
          result: undefined,
        }));
        await expect(created).rejects.toThrow(ItemExistsError);
        const items = await context.store().batchGet([balance, ...keys]);
        expect(items.map((item) => item?.attributes['value'])).toEqual([
          1,
          ...keys.map((_, position) => (position === failing ? 'old' : undefined)),
        ]);
      },
    );

    it('writes a hundred items together', async () => {
      const pk = freshPk();
      const keys = Array.from({ length: 100 }, (_, position) => userKey(pk, `ITEM#${position}`));
      await context.store().transact({}, () => ({
        writes: keys.map((key) => ({ kind: 'create' as const, key, attributes: {} })),
        result: undefined,
      }));
      expect((await context.store().batchGet(keys)).every((item) => item?.version === 1)).toBe(true);
    });

    it('keeps the version of a read-only item', async () => {
      const pk = freshPk();
      const [read, written] = [userKey(pk, 'READ'), userKey(pk, 'WRITTEN')];
      await put(context.store(), read, { attributes: {} });
      await context.store().transact({ read, written }, () => ({
        writes: [{ kind: 'replace', key: written, attributes: {} }],
        result: undefined,
      }));
      expect((await context.store().get(read))?.version).toBe(1);
    });
  });
}
