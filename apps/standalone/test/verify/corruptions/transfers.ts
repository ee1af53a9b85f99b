import type { Corruption } from './store-parts.ts';
import { balance, breaks, CASH_IS_OFF, line } from './store-parts.ts';

/** Corruptions of the transfers of 20 from ivan to heidi, and of 5 back. */
export const TRANSFERS: Readonly<Record<string, Corruption>> = {
  'a credit that names another debit': async (editor) => {
    await editor.edit(line(editor, 'heidi', 1), { reference_id: '000000000009-transfer' });
    return [
      breaks('transfer-sides', line(editor, 'ivan', 2)),
      breaks('transfer-sides', line(editor, 'heidi', 1)),
    ];
  },
  'a credit of another amount than the debit': async (editor) => {
    const credit = line(editor, 'heidi', 1);
    await editor.edit(credit, { amount: '21.00' });
    return [
      breaks('ledger-amount', credit),
      breaks('ledger-legs', credit),
      breaks('transfer-sides', credit, line(editor, 'ivan', 2)),
      CASH_IS_OFF,
    ];
  },
  'a count of transfers that is not of the ledger': async (editor) => {
    await editor.edit(balance(editor, 'ivan'), { sent_transfers: null });
    return [breaks('balance-transfers', balance(editor, 'ivan'))];
  },
};
