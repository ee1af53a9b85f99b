import type { Item } from '@cnop/common/database/table-store';
import type { StoreEditor } from '../store-editor.ts';
import type { Corruption } from './store-parts.ts';
import { AT, balance, breaks, event, line, steps, text } from './store-parts.ts';

/** Returns the payment of nina of an amount. */
const payment = (editor: StoreEditor, amount: string): Item =>
  editor.find(({ key, attributes }) => key.sk.startsWith('PAYMENT#') && attributes['amount'] === amount);

/** Returns the item that says what a payment waits for. */
const marker = (editor: StoreEditor, of: Item): Item => {
  const id = of.key.sk.slice('PAYMENT#'.length);
  return editor.find(({ key }) => key.pk !== of.key.pk && key.sk.endsWith(id));
};

/** Corruptions of the payments of nina: 200 completed, 5.13 failed, 30 due, 40 with the provider, 60 awaiting review. */
export const PAYMENTS: Readonly<Record<string, Corruption>> = {
  'a payment that takes a step back': async (editor) => {
    const paid = payment(editor, '200.00');
    const history = steps(text(paid, 'created_at'), 'processing', 'pending', 'completed');
    await editor.edit(paid, { history });
    return [breaks('payment-history', paid)];
  },
  'a completed payment without its ledger entry': async (editor) => {
    const paid = payment(editor, '200.00');
    await editor.edit(line(editor, 'nina', 1), { reference_id: null });
    return [breaks('payment-cash', paid)];
  },
  'a ledger entry of a payment that failed': async (editor) => {
    const failed = payment(editor, '5.13');
    const paid = payment(editor, '200.00');
    const entry = line(editor, 'nina', 1);
    await editor.edit(entry, { reference_id: failed.attributes['payment_id'] ?? null });
    return [breaks('payment-cash', paid), breaks('payment-cash', failed, entry)];
  },
  'a completed payment of another amount than its entry': async (editor) => {
    const paid = payment(editor, '200.00');
    await editor.edit(paid, { amount: '199.00' });
    return [
      breaks('payment-cash', paid, line(editor, 'nina', 1)),
      breaks('event-payment', paid, ...[1, 2, 3].map((seq) => event(editor, 'nina', seq))),
    ];
  },
  'a payment that names no ledger entry': async (editor) => {
    const paid = payment(editor, '200.00');
    await editor.edit(paid, { transaction_id: null });
    return [breaks('payment-state', paid), breaks('payment-cash', paid, line(editor, 'nina', 1))];
  },
  'a withdrawal that its own user approved': async (editor) => {
    const reviewed = payment(editor, '60.00');
    const review = { status: 'approved', decided_by: 'nina', decided_at: AT, reason: null };
    await editor.edit(reviewed, { review });
    return [breaks('payment-review', reviewed), breaks('payment-due', reviewed, marker(editor, reviewed))];
  },
  'a hold that no withdrawal needs': async (editor) => {
    const cash = balance(editor, 'nina');
    await editor.edit(cash, { held_balance: '60.00' });
    return [breaks('balance-held', cash), breaks('event-balance', event(editor, 'nina', 9), cash)];
  },
  'a payment that nothing will advance': async (editor) => {
    const due = payment(editor, '30.00');
    await editor.remove(marker(editor, due));
    return [breaks('payment-due', due)];
  },
  'a payment that is due at another time than planned': async (editor) => {
    const due = payment(editor, '30.00');
    await editor.edit(due, { due_at: AT });
    return [breaks('payment-due', due, marker(editor, due))];
  },
  'a step of a payment without its event': async (editor) => {
    const failed = payment(editor, '5.13');
    const step = event(editor, 'nina', 5);
    await editor.edit(step, { data: { balance: { current_balance: '200.00', held_balance: '0.00' } } });
    return [
      breaks('event-data', step),
      breaks('event-payment', failed, event(editor, 'nina', 4), event(editor, 'nina', 6)),
    ];
  },
};
