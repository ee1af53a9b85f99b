import type { Clock } from '@cnop/common/core/clock';
import type { TableStore } from '@cnop/common/database/table-store';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { verifyStore } from '../../src/verify/audit-store.ts';
import type { Violation } from '../../src/verify/violation.ts';
import { nameOf, RULES } from '../../src/verify/violation.ts';
import { CORRUPTIONS } from './corruptions/corruptions.ts';
import type { Expected } from './corruptions/store-parts.ts';
import {
  balance,
  bobsBuy,
  event,
  holding,
  line,
  openOrder,
  order,
  payment,
  text,
  trade,
} from './corruptions/store-parts.ts';
import { createSoundStore } from './sound-store.ts';
import type { StoreEditor } from './store-editor.ts';
import { createStoreEditor } from './store-editor.ts';

/** The fields that orders of earlier versions lack. */
const NEW_FIELDS = [
  'fee_bps',
  'client_order_id',
  'price_bound',
  'stop_price',
  'trail_amount',
  'trail_percent',
  'held_amount',
  'accepted_quote',
  'trigger_quote',
  'trigger_price',
  'executed_price',
];

let store: TableStore;
let clock: Clock;
let dispose: () => Promise<void>;
let editor: StoreEditor;
const broken = new Set<string>();

beforeAll(async () => {
  ({ store, clock, dispose } = await createSoundStore());
  editor = await createStoreEditor(store);
});

afterEach(() => editor.restore());
afterAll(() => dispose());

test('a store that the services wrote breaks no rule, and is counted', async () => {
  const report = await verifyStore(store, { clock });
  expect(report).toEqual({
    violations: [],
    violation_count: 0,
    is_snapshot: true,
    reread: 0,
    unsettled: [],
    counts: {
      users: 12,
      transactions: 34,
      orders: 24,
      trades: 23,
      events: 64,
      holdings: 9,
      assets: 6,
      items: 312,
      cash_total: '15469.65',
      fee_total: '21.40',
      accounts: {
        'external:deposit': '-22900.25',
        'external:withdrawal': '100.00',
        'house:adjustment': '-5.00',
        'house:asset:ADA': '50.00',
        'house:asset:BTC': '525.00',
        'house:asset:DOGE': '148.178064',
        'house:asset:ETH': '6634.60',
        'house:currency:EUR': '-77.00',
        'house:currency:JPY': '32.6625',
        'house:fee': '21.40',
        'house:rounding': '0.0267735',
        'house:spread': '0.7326625',
        'user:*': '0.00',
      },
      wallets: { EUR: '24.5', JPY: '5025' },
    },
  });
});

test.each(Object.entries(CORRUPTIONS))('the audit names %s', async (_what, corrupt) => {
  const expected = await corrupt(editor);
  const { violations, violation_count } = await verifyStore(store, { clock });
  expect(inOrder(violations.map(named))).toEqual(inOrder(expected));
  expect(violation_count).toBe(expected.length);
  for (const { rule } of violations) broken.add(rule);
});

test.each(Object.entries(CORRUPTIONS))(
  'the audit of a store without snapshots reads again and still names %s',
  async (_what, corrupt) => {
    const expected = await corrupt(editor);
    const { snapshot: _absent, ...withoutSnapshots } = store;
    const report = await verifyStore(withoutSnapshots, { clock, pauseMilliseconds: 0 });
    expect(report.unsettled).toEqual([]);
    expect(inOrder(report.violations.map(named))).toEqual(inOrder(expected));
  },
);

test('an event may be a moment older than the one before it', async () => {
  const first = event(editor, 'bob', 1);
  const next = Date.parse(text(event(editor, 'bob', 2), 'occurred_at'));
  const later = new Date(next + 59_000).toISOString();
  await editor.edit(first, { occurred_at: later });
  expect((await verifyStore(store, { clock })).violations).toEqual([]);
});

test('events older than their retention may be missing in any order', async () => {
  for (const seq of [1, 3, 4, 8]) await editor.remove(event(editor, 'alice', seq));
  const monthLater: Clock = { now: () => new Date('2026-02-20T12:00:00.000Z') };
  expect((await verifyStore(store, { clock: monthLater })).violations).toEqual([]);
  expect((await verifyStore(store, { clock })).violation_count).toBeGreaterThan(0);
});

test('an order of a version without fees and events breaks no rule', async () => {
  for (const seq of [1, 2, 3]) await editor.remove(event(editor, 'bob', seq));
  await editor.remove(openOrder(editor));
  await editor.edit(balance(editor, 'bob'), { event_seq: 0, held_balance: '0.00', open_order_count: 0 });
  const { key, attributes } = bobsBuy(editor);
  const older = Object.fromEntries(Object.entries(attributes).filter(([name]) => !NEW_FIELDS.includes(name)));
  await editor.put(key, older, editor.indexEntriesOf(bobsBuy(editor)));
  expect((await verifyStore(store, { clock })).violations).toEqual([]);
});

test('sales of a version without realised profit break no rule', async () => {
  const sale = order(editor, 'alice', 'market_sell', 'DOGE');
  for (const item of [trade(editor, sale), holding(editor, 'alice', 'DOGE')]) {
    const { realized_pnl: _untold, ...older } = item.attributes;
    await editor.put(item.key, older, editor.indexEntriesOf(item));
  }
  expect((await verifyStore(store, { clock })).violations).toEqual([]);
});

test('movements of a version without the other side break no rule', async () => {
  for (const item of [line(editor, 'bob', 1), payment(editor, bobsBuy(editor))]) {
    const { legs: _legs, ...older } = item.attributes;
    await editor.put(item.key, older);
  }
  const { counterpart: _other, mid_price: _mid, ...older } = trade(editor, bobsBuy(editor)).attributes;
  await editor.put(trade(editor, bobsBuy(editor)).key, older);
  expect((await verifyStore(store, { clock })).violations).toEqual([]);
});

test('a store without snapshots is audited too, and the report says so', async () => {
  const { snapshot: _absent, ...withoutSnapshots } = store;
  const report = await verifyStore(withoutSnapshots, { clock });
  expect(report.violations).toEqual([]);
  expect(report.is_snapshot).toBe(false);
});

test('an audit reads one moment of the store, even if items are written meanwhile', async () => {
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
  const report = await verifyStore(whileReading, { clock });
  expect(report.violations).toEqual([]);
  expect((await verifyStore(store, { clock })).violation_count).toBeGreaterThan(0);
});

test('every rule is broken by at least one corruption', () => {
  expect([...broken].toSorted()).toEqual(Object.keys(RULES).toSorted());
});

function named({ rule, keys }: Violation): Expected {
  return { rule, keys: keys.map(nameOf) };
}

function inOrder(violations: readonly Expected[]): string[] {
  return violations.map(({ rule, keys }) => [rule, ...keys].join(' ')).toSorted();
}
