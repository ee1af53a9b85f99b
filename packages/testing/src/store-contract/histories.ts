import type { Position } from '@cnop/common/core/pagination';
import { ItemExistsError } from '@cnop/common/database/store-errors';
import type { Item, ItemKey, Query } from '@cnop/common/database/table-store';
import { MAX_KEY_PART_BYTES } from '@cnop/common/database/table-store';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from './contract.ts';
import { createAll, freshPk, ODD_TEXTS_IN_ORDER, put, remove, userKey } from './contract.ts';

const PAGE = 4;
const ORDERS = ['ascending', 'descending'] as const;

interface List {
  /** Returns the partition of a list of a user. */
  readonly pk: (owner: string) => string;
  readonly skPrefix: string;
}

/** The lists of each user, which an adapter may store apart from other items. */
const LISTS: readonly (readonly [string, List])[] = [
  ['events', { pk: (owner) => `EVENT#${owner}`, skPrefix: '' }],
  ['trades in an asset', { pk: (owner) => `TRANS#${owner}#BTC`, skPrefix: '' }],
  ['trades of a key without an asset', { pk: (owner) => `TRANS#${owner}`, skPrefix: '' }],
  ['ledger entries', { pk: (owner) => owner, skPrefix: 'TRANS#' }],
];

/** Defines the tests of the lists of users. */
export function describeHistories(context: ContractContext): void {
  const create = async (keys: readonly ItemKey[]): Promise<void> =>
    createAll(
      context.store(),
      keys.map((key) => ({ key, attributes: { of: key.pk } })),
    );
  const read = async (pk: string, rest: Partial<Query> = {}): Promise<string[]> => {
    const found: Item[] = [];
    let after: Position | undefined;
    do {
      const query: Query = { table: 'users', pk, order: 'ascending', limit: PAGE, after, ...rest };
      const page = await context.store().query(query);
      found.push(...page.items);
      after = page.next;
    } while (after);
    expect(found.map(({ attributes, key }) => [attributes['of'], key.pk])).toEqual(found.map(() => [pk, pk]));
    return found.map(({ key }) => key.sk);
  };

  describe.each(LISTS)('histories: %s', (_name, { pk: pkOf, skPrefix }) => {
    const sortKeys = ODD_TEXTS_IN_ORDER.map((text) => skPrefix + text);

    it('are read by pages in the order of their bytes, ascending and descending', async () => {
      const pk = pkOf(freshPk());
      await create(sortKeys.toReversed().map((sk) => userKey(pk, sk)));
      expect(await read(pk)).toEqual(sortKeys);
      expect(await read(pk, { order: 'descending' })).toEqual(sortKeys.toReversed());
    });

    it('are found by prefixes and by bounds', async () => {
      const pk = pkOf(freshPk());
      await create(sortKeys.map((sk) => userKey(pk, sk)));
      for (const [position, sk] of sortKeys.entries()) {
        for (const order of ORDERS) {
          const inOrder = (expected: readonly string[]) =>
            order === 'ascending' ? [...expected] : expected.toReversed();
          const prefix = sortKeys.filter((each) => each.startsWith(sk));
          expect(await read(pk, { order, sk: { prefix: sk } })).toEqual(inOrder(prefix));
          expect(await read(pk, { order, sk: { from: sk } })).toEqual(inOrder(sortKeys.slice(position)));
          expect(await read(pk, { order, sk: { to: sk } })).toEqual(inOrder(sortKeys.slice(0, position + 1)));
        }
      }
    });

    it('are read, replaced and deleted like other items', async () => {
      const key = userKey(pkOf(freshPk()), `${skPrefix}2`);
      await create([key]);
      await expect(create([key])).rejects.toThrow(ItemExistsError);
      await put(context.store(), key, { attributes: { of: 'another' } });
      expect(await context.store().get(key)).toEqual({ key, attributes: { of: 'another' }, version: 2 });
      await context.reopen();
      expect(await context.store().batchGet([key])).toEqual([
        { key, attributes: { of: 'another' }, version: 2 },
      ]);
      await remove(context.store(), key);
      expect(await context.store().get(key)).toBeUndefined();
      expect(await read(key.pk)).toEqual([]);
    });

    it('accept the longest keys', async () => {
      const unique = freshPk();
      const length = MAX_KEY_PART_BYTES - Buffer.byteLength(pkOf(unique)) + Buffer.byteLength(unique);
      for (const character of ['x', 'é', '値', '😀']) {
        const fill = (text: string, bytes: number) =>
          text +
          character.repeat(Math.floor((bytes - Buffer.byteLength(text)) / Buffer.byteLength(character)));
        const pk = pkOf(fill(unique, length));
        const sk = fill(skPrefix, MAX_KEY_PART_BYTES);
        await create([userKey(pk, sk)]);
        expect(await read(pk)).toEqual([sk]);
      }
    });
  });

  it('histories of users with similar names and other items stay separate', async () => {
    const name = freshPk();
    const owners = [name, `${name}#`, `${name}#BTC`, `${name}B`, `${name}😀`];
    const pks = owners.flatMap((owner) => [
      owner,
      `EVENT#${owner}`,
      `TRANS#${owner}`,
      `TRANS#${owner}#BTC`,
      `TRANS#${owner}#BTC#`,
    ]);
    const partitions = new Map(
      [...new Set(pks)].map((pk) => [pk, ['ASSET#BTC', 'TRANS#1', 'TRANS#2', 'USER']]),
    );
    const keys = [...partitions].flatMap(([pk, sks]) => sks.map((sk) => userKey(pk, sk)));
    await create(keys);
    for (const [pk, sks] of partitions) {
      expect(await read(pk)).toEqual(sks);
      expect(await read(pk, { order: 'descending' })).toEqual(sks.toReversed());
      expect(await read(pk, { sk: { prefix: 'TRANS#' } })).toEqual(['TRANS#1', 'TRANS#2']);
      expect(await read(pk, { sk: { from: 'TRANS#2' } })).toEqual(['TRANS#2', 'USER']);
    }
    const scanned: ItemKey[] = [];
    for await (const { key } of context.store().scan('users')) if (partitions.has(key.pk)) scanned.push(key);
    expect(scanned).toHaveLength(keys.length);
    // Partition by partition, each in order.
    const seen = [...new Set(scanned.map(({ pk }) => pk))];
    expect(scanned).toEqual(seen.flatMap((pk) => (partitions.get(pk) ?? []).map((sk) => userKey(pk, sk))));
  });
}
