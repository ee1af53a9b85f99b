import { StoreUsageError } from '@cnop/common/database/store-errors';
import type { AttributeValue, ItemKey, Query, Reads, Write } from '@cnop/common/database/table-store';
import {
  MAX_BATCH_GET_ITEMS,
  MAX_CONDITION_VALUES,
  MAX_KEY_PART_BYTES,
  MAX_QUERY_LIMIT,
  MAX_TRANSACTION_ITEMS,
} from '@cnop/common/database/table-store';
import { UnreadableRequestError } from '@cnop/exception/errors';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from './contract.ts';
import { freshPk, put, userKey } from './contract.ts';

const A = userKey('usage', 'A');
const TOO_LONG = 'é'.repeat(MAX_KEY_PART_BYTES / 2) + 'x';

const BAD_KEYS: readonly (readonly [string, ItemKey])[] = [
  ['an empty partition key', userKey('', 'A')],
  ['an empty sort key', userKey('a', '')],
  ['a partition key with too many bytes', userKey(TOO_LONG, 'A')],
  ['a sort key with too many bytes', userKey('a', TOO_LONG)],
  ['a control character', userKey('a\u0000b', 'A')],
  ['half of a character', userKey('a', '\uD83D')],
];

const create = (key: ItemKey, attributes: Record<string, unknown> = {}): Write => ({
  kind: 'create',
  key,
  attributes: attributes as Record<string, AttributeValue>,
});

const BAD_DECISIONS: readonly (readonly [string, Reads, readonly Write[]])[] = [
  ['a replacement of an item that was not read', {}, [{ kind: 'replace', key: A, attributes: {} }]],
  ['a deletion of an item that was not read', { b: userKey('usage', 'B') }, [{ kind: 'delete', key: A }]],
  ['two writes of one item', { a: A }, [{ kind: 'delete', key: A }, create(A)]],
  ['an attribute with a reserved name', {}, [create(A, { PK: 'x' })]],
  ['an attribute named version', {}, [create(A, { version: 1 })]],
  ['an attribute named like a key of an index', {}, [create(A, { EmailIndexPK: 'x' })]],
  ['an attribute without a name', {}, [create(A, { '': 'x' })]],
  ['a fraction', {}, [create(A, { amount: 0.1 })]],
  ['a number that is not exact', {}, [create(A, { amount: 2 ** 53 })]],
  ['not a number', {}, [create(A, { amount: Number.NaN })]],
  ['undefined', {}, [create(A, { amount: undefined })]],
  ['a bigint', {}, [create(A, { amount: 1n })]],
  ['a date', {}, [create(A, { at: new Date(0) })]],
  ['a fraction deep inside', {}, [create(A, { list: [{ amount: [1.5] }] })]],
  ['an expiry with a fraction', {}, [{ kind: 'create', key: A, attributes: {}, expiresAtEpochSeconds: 1.5 }]],
  [
    'an entry in an index of another table',
    {},
    [{ kind: 'create', key: A, attributes: {}, indexes: { UserOrdersIndex: { pk: 'a', sk: 'b' } } }],
  ],
  [
    'an entry in an index with an empty key',
    {},
    [{ kind: 'create', key: A, attributes: {}, indexes: { EmailIndex: { pk: '', sk: 'b' } } }],
  ],
  [
    'more items than a transaction may write',
    {},
    Array.from({ length: MAX_TRANSACTION_ITEMS + 1 }, (_, position) =>
      create(userKey('usage', `N${position}`)),
    ),
  ],
  [
    'more items than a transaction may touch',
    { a: A },
    Array.from({ length: MAX_TRANSACTION_ITEMS }, (_, position) => create(userKey('usage', `N${position}`))),
  ],
];

const TOO_MANY_VALUES = Array.from({ length: MAX_CONDITION_VALUES + 1 }, (_, position) => position);
const QUERY: Query = { table: 'users', pk: 'usage', order: 'ascending', limit: 10 };

const BAD_QUERIES: readonly (readonly [string, Query])[] = [
  ['a limit of 0', { ...QUERY, limit: 0 }],
  ['a limit with a fraction', { ...QUERY, limit: 1.5 }],
  ['a limit that is too large', { ...QUERY, limit: MAX_QUERY_LIMIT + 1 }],
  ['an empty partition key', { ...QUERY, pk: '' }],
  ['a prefix that is too long', { ...QUERY, sk: { prefix: TOO_LONG } }],
  ['an index of another table', { ...QUERY, index: 'UserOrdersIndex' }],
  ['a filter by a reserved name', { ...QUERY, where: { version: 1 } }],
  ['a filter by no value', { ...QUERY, where: { kind: { in: [] } } }],
  ['a filter by too many values', { ...QUERY, where: { kind: { in: TOO_MANY_VALUES } } }],
  ['a filter by what the index does not project', { ...QUERY, index: 'EmailIndex', where: { email: 'x' } }],
];

const BAD_POSITIONS: readonly (readonly [string, Query])[] = [
  ['without a sort key', { ...QUERY, after: { pk: 'usage' } }],
  ['with an empty sort key', { ...QUERY, after: { pk: 'usage', sk: '' } }],
  ['with a sort key that is too long', { ...QUERY, after: { pk: 'usage', sk: TOO_LONG } }],
  ['without the key of its index', { ...QUERY, index: 'EmailIndex', after: { pk: 'usage', sk: 'A' } }],
];

/** Defines the tests of usage errors, which all adapters report alike. */
export function describeUsage(context: ContractContext): void {
  describe('usage', () => {
    it.each(BAD_KEYS)('a key with %s is refused wherever it is used', async (_name, key) => {
      const store = context.store();
      await expect(store.get(key)).rejects.toThrow(StoreUsageError);
      await expect(store.batchGet([A, key])).rejects.toThrow(StoreUsageError);
      const nothing = () => ({ writes: [], result: undefined });
      await expect(store.transact({ key }, nothing)).rejects.toThrow(StoreUsageError);
      const created = store.transact({}, () => ({ writes: [create(key)], result: undefined }));
      await expect(created).rejects.toThrow(StoreUsageError);
    });

    it.each(BAD_DECISIONS)('%s is refused, and nothing is written', async (_name, reads, writes) => {
      const witness = userKey('usage', freshPk());
      const decided = context
        .store()
        .transact({ ...reads, witness }, () => ({ writes: [create(witness), ...writes], result: undefined }));
      await expect(decided).rejects.toThrow(StoreUsageError);
      const alone = context.store().transact(reads, () => ({ writes, result: undefined }));
      await expect(alone).rejects.toThrow(StoreUsageError);
      expect(await context.store().get(witness)).toBeUndefined();
      expect(await context.store().get(A)).toBeUndefined();
    });

    it.each(BAD_QUERIES)('a query with %s is refused', async (_name, query) => {
      await expect(context.store().query(query)).rejects.toThrow(StoreUsageError);
    });

    it.each(BAD_POSITIONS)('a position %s is refused as the mistake of the client', async (_name, query) => {
      await expect(context.store().query(query)).rejects.toThrow(UnreadableRequestError);
    });

    it('refuses too many reads', async () => {
      const key = (position: number) => userKey('usage', `N${position}`);
      const tooMany = Array.from({ length: MAX_BATCH_GET_ITEMS + 1 }, (_, position) => key(position));
      await expect(context.store().batchGet(tooMany)).rejects.toThrow(StoreUsageError);
      const nothing = () => ({ writes: [], result: undefined });
      await expect(context.store().transact(Object.fromEntries(tooMany.entries()), nothing)).rejects.toThrow(
        StoreUsageError,
      );
    });

    it('writes an item with the longest allowed key', async () => {
      const key = userKey(
        `${freshPk()}${'é'.repeat(MAX_KEY_PART_BYTES)}`.slice(0, 100),
        'x'.repeat(MAX_KEY_PART_BYTES),
      );
      await put(context.store(), key, { attributes: {} });
      expect((await context.store().get(key))?.key).toEqual(key);
    });
  });
}
