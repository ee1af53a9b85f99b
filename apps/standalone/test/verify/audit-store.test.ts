import type { TableStore } from '@cnop/common/database/table-store';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { verifyStore } from '../../src/verify/audit-store.ts';
import { RULES } from '../../src/verify/violation.ts';
import { CORRUPTIONS } from './corruptions/corruptions.ts';
import type { Expected } from './corruptions/store-parts.ts';
import { createSoundStore } from './sound-store.ts';
import type { StoreEditor } from './store-editor.ts';
import { createStoreEditor } from './store-editor.ts';

let store: TableStore;
let dispose: () => Promise<void>;
let editor: StoreEditor;
const broken = new Set<string>();

beforeAll(async () => {
  ({ store, dispose } = await createSoundStore());
  editor = await createStoreEditor(store);
});

afterEach(() => editor.restore());
afterAll(() => dispose());

test('a store that the services wrote breaks no rule, and is counted', async () => {
  const report = await verifyStore(store);
  expect(report).toEqual({
    violations: [],
    violation_count: 0,
    is_snapshot: true,
    counts: {
      users: 3,
      transactions: 10,
      orders: 6,
      trades: 5,
      holdings: 3,
      assets: 2,
      items: 53,
      cash_total: '10843.48',
    },
  });
});

test.each(Object.entries(CORRUPTIONS))('the audit names %s', async (_what, corrupt) => {
  const expected = await corrupt(editor);
  const { violations, violation_count } = await verifyStore(store);
  expect(inOrder(violations)).toEqual(inOrder(expected));
  expect(violation_count).toBe(expected.length);
  for (const { rule } of violations) broken.add(rule);
});

test('a store without snapshots is audited too, and the report says so', async () => {
  const { snapshot: _absent, ...withoutSnapshots } = store;
  const report = await verifyStore(withoutSnapshots);
  expect(report.violations).toEqual([]);
  expect(report.is_snapshot).toBe(false);
});

test('an audit sees one moment, whatever is written while it reads', async () => {
  const bob = editor.find(({ key }) => key.pk === 'bob' && key.sk === 'BALANCE');
  const snapshot = await store.snapshot?.();
  if (!snapshot) throw new Error('the embedded store has snapshots');
  const whileReading: TableStore = {
    ...store,
    snapshot: async () => ({
      ...snapshot,
      async *scan(table) {
        if (table === 'users') await editor.edit(bob, { current_balance: '0.00' });
        yield* snapshot.scan(table);
      },
    }),
  };
  const report = await verifyStore(whileReading);
  expect(report.violations).toEqual([]);
  expect((await verifyStore(store)).violation_count).toBeGreaterThan(0);
});

test('every rule was broken by one corruption or another', () => {
  expect([...broken].toSorted()).toEqual(Object.keys(RULES).toSorted());
});

function inOrder(violations: readonly Expected[]): string[] {
  return violations.map(({ rule, keys }) => [rule, ...keys].join(' ')).toSorted();
}
