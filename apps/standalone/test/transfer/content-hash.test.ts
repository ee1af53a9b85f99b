import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ContentHash, CopiedItem } from '../../src/transfer/content-hash.ts';
import { createContentHash, lineOf } from '../../src/transfer/content-hash.ts';

const anItem = (sk: string, more: Partial<CopiedItem> = {}): CopiedItem => ({
  key: { table: 'users', pk: 'alice', sk },
  attributes: { amount: '1.00', nested: { b: [1, null, true], a: 'é "quoted"' } },
  ...more,
});

function hashOf(items: readonly CopiedItem[], hash = createContentHash()): ContentHash {
  for (const item of items) hash.add(lineOf(item), item.expiresAtEpochSeconds);
  return hash;
}

const items = ['A', 'B', 'C'].map((sk) => anItem(sk));

test('a line lists table, key, attributes, indexes and expiry, with sorted names', () => {
  const indexes = { UserDirectoryIndex: { sk: '2', pk: '1' }, AssetIndex: { pk: 'x', sk: 'y' } };
  expect(lineOf(anItem('A', { indexes, expiresAtEpochSeconds: 60 }))).toBe(
    '{"table":"users","pk":"alice","sk":"A","attributes":{"amount":"1.00","nested":{"a":"é \\"quoted\\"","b":[1,null,true]}},' +
      '"indexes":{"AssetIndex":{"pk":"x","sk":"y"},"UserDirectoryIndex":{"pk":"1","sk":"2"}},"expires_at_epoch":60}',
  );
});

test('one item has the SHA-256 of its line as its hash', () => {
  const line = lineOf(anItem('A'));
  const expected = createHash('sha256').update(line).digest('hex');
  expect(hashOf([anItem('A')]).total()).toEqual({ items: 1, hash: expected });
});

test('the order of items and of names does not matter', () => {
  const reordered = anItem('A', {
    attributes: { nested: { a: 'é "quoted"', b: [1, null, true] }, amount: '1.00' },
  });
  expect(hashOf([...items].toReversed()).total()).toEqual(hashOf(items).total());
  expect(hashOf([reordered]).total()).toEqual(hashOf([anItem('A')]).total());
});

test.each<[string, readonly CopiedItem[]]>([
  ['a missing item', items.slice(1)],
  ['a doubled item', [...items, anItem('A')]],
  ['another key', [anItem('D'), ...items.slice(1)]],
  ['another attribute', [anItem('A', { attributes: { amount: '1.0' } }), ...items.slice(1)]],
  ['a number for a text', [anItem('A', { attributes: { amount: 1 } }), ...items.slice(1)]],
  ['an index entry', [anItem('A', { indexes: { AssetIndex: { pk: 'x', sk: 'y' } } }), ...items.slice(1)]],
  ['an expiry', [anItem('A', { expiresAtEpochSeconds: 1 }), ...items.slice(1)]],
])('%s changes the hash', (_name, changed) => {
  expect(hashOf(changed).total().hash).not.toBe(hashOf(items).total().hash);
});

test('a total continues where an earlier one ended', () => {
  const begun = hashOf(items.slice(0, 2)).total();
  expect(hashOf(items.slice(2), createContentHash(begun)).total()).toEqual(hashOf(items).total());
});

test('items that have expired, and those that expire within the minute, do not count', () => {
  const expiring = (sk: string, expiresAtEpochSeconds: number) => anItem(sk, { expiresAtEpochSeconds });
  const all = [...items, expiring('past', 60), expiring('now', 125), expiring('later', 180)];
  const expected = hashOf([...items, expiring('later', 180)]).total();
  expect(hashOf(all).unexpiredAt(new Date(121_000))).toEqual(expected);
});
