import type { Corruption } from './store-parts.ts';
import { balance, breaks, CASH_IS_OFF, holding, line, sentUnits } from './store-parts.ts';

/** Corruptions of the transfers of 20 from ivan to heidi, and of 5 and some DOGE back. */
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
  'a transfer of units that arrived with another cost': async (editor) => {
    await editor.edit(sentUnits(editor, 'ivan'), { cost: '4.99' });
    return [
      breaks('transfer-sides', sentUnits(editor, 'heidi'), sentUnits(editor, 'ivan')),
      breaks('holding-basis', holding(editor, 'ivan', 'DOGE')),
      breaks('holding-transfers', holding(editor, 'ivan', 'DOGE')),
    ];
  },
  'a transfer of units that never arrived': async (editor) => {
    const received = sentUnits(editor, 'ivan');
    await editor.remove(received);
    return [
      breaks('transfer-sides', sentUnits(editor, 'heidi')),
      breaks('holding-quantity', holding(editor, 'ivan', 'DOGE')),
      breaks('holding-basis', holding(editor, 'ivan', 'DOGE')),
      breaks('holding-transfers', holding(editor, 'ivan', 'DOGE')),
    ];
  },
  'a transfer of units that realised a profit': async (editor) => {
    const sent = sentUnits(editor, 'heidi');
    await editor.edit(sent, { realized_pnl: '1.00' });
    return [breaks('unit-movement', sent), breaks('holding-profit', holding(editor, 'heidi', 'DOGE'))];
  },
  'a trade that brings a cost along': async (editor) => {
    const bought = editor.find(
      ({ key, attributes }) => key.pk === 'TRANS#heidi#DOGE' && attributes['transaction_type'] === 'buy',
    );
    await editor.edit(bought, { direction: 'in', cost: '1.00' });
    return [breaks('unit-movement', bought)];
  },
  'a profit of a position that came with transferred units': async (editor) => {
    const found = holding(editor, 'ivan', 'DOGE');
    await editor.edit(found, { transferred_gain: '7.00' });
    return [breaks('holding-transfers', found)];
  },
  'a count of transfers without those of units': async (editor) => {
    const found = balance(editor, 'heidi');
    await editor.edit(found, { sent_transfers: { day: '2026-01-15', count: 1, amount: '5.00' } });
    return [breaks('balance-transfers', found)];
  },
};
