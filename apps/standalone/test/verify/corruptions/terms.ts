import type { Corruption } from './store-parts.ts';
import { balance, breaks, dorasOrder, eventOf, holding, payment, trade } from './store-parts.ts';

/** Corruptions of terms, holds and fees of conditional orders. */
export const TERMS: Readonly<Record<string, Corruption>> = {
  'an open buy whose hold lacks the fee': async (editor) => {
    await editor.edit(dorasOrder(editor, 'buys'), { held_amount: '450.00' });
    return [
      breaks('order-held', dorasOrder(editor, 'buys')),
      breaks('balance-held', balance(editor, 'dora')),
    ];
  },
  'a final order that still holds something': async (editor) => {
    await editor.edit(dorasOrder(editor, 'cancelled'), { held_amount: '0.1' });
    return [breaks('order-held', dorasOrder(editor, 'cancelled'))];
  },
  'units that stay held after their order is final': async (editor) => {
    const found = holding(editor, 'dora', 'ETH');
    await editor.edit(found, { held_quantity: '0.7' });
    return [
      breaks('holding-held', found),
      breaks('event-holding', eventOf(editor, dorasOrder(editor, 'stopped'), 'completed'), found),
    ];
  },
  'a hold above the quantity of the position': async (editor) => {
    const found = holding(editor, 'dora', 'ETH');
    await editor.edit(found, { held_quantity: '4.2' });
    return [
      breaks('holding-bounds', found),
      breaks('holding-held', found),
      breaks('event-holding', eventOf(editor, dorasOrder(editor, 'stopped'), 'completed'), found),
    ];
  },
  'units held of a missing position': async (editor) => {
    const found = holding(editor, 'dora', 'ETH');
    await editor.remove(found);
    return [
      breaks('holding-held', found),
      breaks('holding-quantity', found),
      breaks('event-holding', eventOf(editor, dorasOrder(editor, 'stopped'), 'completed'), found),
    ];
  },
  'a stop-loss filled below its bound': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), { price_bound: '1950' });
    return [breaks('order-limit', dorasOrder(editor, 'stopped'))];
  },
  'a stop-loss without its stop': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), { stop_price: null });
    return [
      breaks('order-fields', dorasOrder(editor, 'stopped')),
      breaks('order-acceptance', dorasOrder(editor, 'stopped')),
    ];
  },
  'a stop-loss whose price is not that of its fill': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), { price: '1960' });
    return [breaks('order-fields', dorasOrder(editor, 'stopped'))];
  },
  'a trailing stop that trails by an amount and a percentage': async (editor) => {
    await editor.edit(dorasOrder(editor, 'trailed'), { trail_percent: '5' });
    return [breaks('order-fields', dorasOrder(editor, 'trailed'))];
  },
  'a trailing stop that trails by 100 %': async (editor) => {
    await editor.edit(dorasOrder(editor, 'trails'), { trail_percent: '100' });
    return [
      breaks('order-fields', dorasOrder(editor, 'trails')),
      breaks('order-acceptance', dorasOrder(editor, 'trails')),
    ];
  },
  'a limit order that never expires': async (editor) => {
    await editor.edit(dorasOrder(editor, 'met'), { expires_at: null });
    return [breaks('order-fields', dorasOrder(editor, 'met'))];
  },
  'a fee that was rounded down': async (editor) => {
    const found = dorasOrder(editor, 'trailed');
    await editor.edit(found, { fees: '1.90' });
    return [
      breaks('order-fees', found),
      breaks('trade-cash', found, payment(editor, found)),
      breaks('trade-asset', found, trade(editor, found)),
      breaks('event-order', found, eventOf(editor, found, 'queued'), eventOf(editor, found, 'completed')),
    ];
  },
  'a fee of an order that was not filled': async (editor) => {
    const found = dorasOrder(editor, 'cancelled');
    await editor.edit(found, { fees: '0.01' });
    return [
      breaks('order-fees', found),
      breaks('event-order', found, eventOf(editor, found, 'queued'), eventOf(editor, found, 'cancelled')),
    ];
  },
  'a payment without the fee': async (editor) => {
    const found = dorasOrder(editor, 'stopped');
    const paid = payment(editor, found);
    await editor.edit(paid, { amount: '194.10' });
    return [breaks('trade-cash', found, paid), breaks('ledger-amount', paid), breaks('ledger-legs', paid)];
  },
  'an asset transaction without the fee': async (editor) => {
    const found = dorasOrder(editor, 'stopped');
    await editor.edit(trade(editor, found), { fees: null });
    return [
      breaks('trade-asset', found, trade(editor, found)),
      breaks('trade-legs', payment(editor, found), trade(editor, found)),
      breaks('holding-basis', holding(editor, 'dora', 'ETH')),
      breaks('conservation'),
    ];
  },
  'an open limit order whose total is not that of its limit': async (editor) => {
    await editor.edit(dorasOrder(editor, 'buys'), { total_amount: '449.99' });
    return [breaks('order-amount', dorasOrder(editor, 'buys'))];
  },
  'a total of an order that was not filled and has no limit': async (editor) => {
    const found = dorasOrder(editor, 'cancelled');
    await editor.edit(found, { total_amount: '260.00' });
    return [
      breaks('order-amount', found),
      breaks('event-order', found, eventOf(editor, found, 'queued'), eventOf(editor, found, 'cancelled')),
    ];
  },
  'a limit buy above its limit': async (editor) => {
    await editor.edit(dorasOrder(editor, 'met'), { price: '2000.49' });
    return [breaks('order-limit', dorasOrder(editor, 'met'))];
  },
  'a market buy above its bound': async (editor) => {
    await editor.edit(dorasOrder(editor, 'bounded'), { price_bound: '2000.49' });
    return [breaks('order-limit', dorasOrder(editor, 'bounded'))];
  },
};
