import type { StoreEditor } from '../store-editor.ts';
import type { Corruption } from './store-parts.ts';
import {
  balance,
  breaks,
  CASH_IS_OFF,
  lastEvent,
  line,
  MISSING_USER,
  openOrder,
  text,
} from './store-parts.ts';

/** A change of a balance without an event also differs from the last event. */
const eventIsOff = (editor: StoreEditor, username: string) => [
  breaks('event-balance', lastEvent(editor, username), balance(editor, username)),
];

/** Corruptions of balances and ledgers. */
export const CASH: Readonly<Record<string, Corruption>> = {
  'a balance raised by hand': async (editor) => {
    await editor.edit(balance(editor, 'bob'), { current_balance: '5000.00' });
    return [breaks('balance-current', balance(editor, 'bob')), ...eventIsOff(editor, 'bob'), CASH_IS_OFF];
  },
  'a total that is not the sum': async (editor) => {
    await editor.edit(balance(editor, 'bob'), { total_orders: '499.99' });
    return [breaks('balance-totals', balance(editor, 'bob'))];
  },
  'a count that is not the number of entries': async (editor) => {
    await editor.edit(balance(editor, 'bob'), { transaction_count: 3 });
    return [breaks('balance-count', balance(editor, 'bob'))];
  },
  'a hold above the balance': async (editor) => {
    await editor.edit(balance(editor, 'bob'), { held_balance: '600.00' });
    return [
      breaks('balance-bounds', balance(editor, 'bob')),
      breaks('balance-held', balance(editor, 'bob')),
      ...eventIsOff(editor, 'bob'),
    ];
  },
  'a count that is not the number of open orders': async (editor) => {
    await editor.edit(balance(editor, 'bob'), { open_order_count: 0 });
    return [breaks('balance-open-orders', balance(editor, 'bob'))];
  },
  'cash held for no order': async (editor) => {
    await editor.edit(balance(editor, 'alice'), { held_balance: '0.01' });
    return [breaks('balance-held', balance(editor, 'alice')), ...eventIsOff(editor, 'alice')];
  },
  'an open order that holds nothing': async (editor) => {
    await editor.edit(balance(editor, 'bob'), { held_balance: '0.00' });
    return [breaks('balance-held', balance(editor, 'bob')), ...eventIsOff(editor, 'bob')];
  },
  'an open order of a user without a balance': async (editor) => {
    const key = { table: 'orders', pk: 'carols-order', sk: 'ORDER' } as const;
    const attributes = { ...openOrder(editor).attributes, order_id: key.pk, username: MISSING_USER };
    const created = text(openOrder(editor), 'created_at');
    await editor.put(key, attributes, {
      UserOrdersIndex: { pk: MISSING_USER, sk: `${created}#${key.pk}` },
      TriggerIndex: { pk: 'BTC#ASK_LE', sk: `000000000040000.000000000000000000#${key.pk}` },
      // The last letter of the id is an r, the character 114, and 114 = 14 x 8 + 2.
      OrderExpiryIndex: { pk: 'EXPIRY#2', sk: `2026-02-14T13:00:00.000Z#${key.pk}` },
    });
    return [
      breaks('balance-held', `users/${MISSING_USER}/BALANCE`),
      breaks('event-order', 'orders/carols-order/ORDER'),
    ];
  },
  'a ledger with a gap': async (editor) => {
    // The adjustment comes after the gap; total and count still include the missing deposit.
    await editor.remove(line(editor, 'alice', 2));
    return [
      breaks('ledger-sequence', line(editor, 'alice', 3)),
      breaks('balance-totals', balance(editor, 'alice')),
      CASH_IS_OFF,
    ];
  },
  'a ledger without its last entry': async (editor) => {
    await editor.remove(line(editor, 'alice', 8));
    return [
      breaks('balance-count', balance(editor, 'alice')),
      breaks('balance-current', balance(editor, 'alice')),
      CASH_IS_OFF,
    ];
  },
  'a ledger that does not begin at 0': async (editor) => {
    await editor.edit(line(editor, 'bob', 1), { previous_balance: '10.00', amount: '990.00' });
    return [
      breaks('ledger-chain', line(editor, 'bob', 1)),
      breaks('ledger-legs', line(editor, 'bob', 1)),
      breaks('balance-totals', balance(editor, 'bob')),
      CASH_IS_OFF,
    ];
  },
  'an entry that does not begin where the last ended': async (editor) => {
    await editor.edit(line(editor, 'alice', 2), { previous_balance: '9000.00', new_balance: '9500.25' });
    return [
      breaks('ledger-chain', line(editor, 'alice', 2)),
      breaks('ledger-chain', line(editor, 'alice', 3)),
    ];
  },
  'an entry whose amount is not the difference': async (editor) => {
    await editor.edit(line(editor, 'alice', 8), { amount: '6.00' });
    return [
      breaks('ledger-amount', line(editor, 'alice', 8)),
      breaks('ledger-legs', line(editor, 'alice', 8)),
      CASH_IS_OFF,
    ];
  },
  'an entry in the wrong direction': async (editor) => {
    await editor.edit(line(editor, 'alice', 8), { direction: 'debit' });
    return [
      breaks('ledger-amount', line(editor, 'alice', 8)),
      breaks('ledger-legs', line(editor, 'alice', 8)),
      CASH_IS_OFF,
    ];
  },
  'a deposit that takes cash': async (editor) => {
    await editor.edit(line(editor, 'alice', 3), { transaction_type: 'deposit' });
    return [
      breaks('ledger-direction', line(editor, 'alice', 3)),
      breaks('ledger-legs', line(editor, 'alice', 3)),
      breaks('balance-totals', balance(editor, 'alice')),
      CASH_IS_OFF,
    ];
  },
  'an entry that is not completed': async (editor) => {
    await editor.edit(line(editor, 'alice', 8), { status: 'pending', completed_at: null });
    return [breaks('ledger-status', line(editor, 'alice', 8))];
  },
  'an entry whose id carries another number': async (editor) => {
    const id = '000000000009-adjustment';
    const found = line(editor, 'alice', 8);
    await editor.remove(found);
    await editor.put({ ...found.key, sk: `TRANS#${id}` }, { ...found.attributes, transaction_id: id });
    return [breaks('ledger-id', `users/alice/TRANS#${id}`)];
  },
};
