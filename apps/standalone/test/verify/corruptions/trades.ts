import { nameOf } from '../../../src/verify/violation.ts';
import type { StoreEditor } from '../store-editor.ts';
import type { Corruption } from './store-parts.ts';
import {
  AT,
  asset,
  balance,
  bobsBuy,
  breaks,
  CASH_IS_OFF,
  dorasOrder,
  eventOf,
  holding,
  lastEvent,
  line,
  openOrder,
  order,
  payment,
  text,
  trade,
} from './store-parts.ts';

const boughtEvent = (editor: StoreEditor) => eventOf(editor, bobsBuy(editor), 'completed');

/** Corruptions of positions, payments and asset transactions. */
export const TRADES: Readonly<Record<string, Corruption>> = {
  'a position of more than was bought': async (editor) => {
    await editor.edit(holding(editor, 'bob', 'BTC'), { quantity: '0.02' });
    return [
      breaks('holding-quantity', holding(editor, 'bob', 'BTC')),
      breaks('event-holding', boughtEvent(editor), holding(editor, 'bob', 'BTC')),
    ];
  },
  'trades without a position': async (editor) => {
    await editor.remove(holding(editor, 'bob', 'BTC'));
    return [
      breaks('holding-quantity', holding(editor, 'bob', 'BTC')),
      breaks('event-holding', boughtEvent(editor), holding(editor, 'bob', 'BTC')),
    ];
  },
  'a position without trades': async (editor) => {
    const key = { table: 'users', pk: 'grace', sk: 'ASSET#BTC' } as const;
    const attributes = { ...holding(editor, 'bob', 'BTC').attributes, username: 'grace' };
    await editor.put(key, attributes, { AssetIndex: { pk: 'BTC', sk: 'grace' } });
    return [
      breaks('holding-quantity', 'users/grace/ASSET#BTC'),
      breaks('holding-basis', 'users/grace/ASSET#BTC'),
    ];
  },
  'a negative position': async (editor) => {
    await editor.edit(holding(editor, 'bob', 'BTC'), { quantity: '-0.01' });
    return [breaks('item-schema', holding(editor, 'bob', 'BTC'))];
  },
  'an empty position with a cost': async (editor) => {
    await editor.edit(holding(editor, 'alice', 'BTC'), { total_invested: '1.00' });
    return [
      breaks('holding-cost', holding(editor, 'alice', 'BTC')),
      breaks('holding-basis', holding(editor, 'alice', 'BTC')),
    ];
  },
  'a position that cost more than was paid for it': async (editor) => {
    await editor.edit(holding(editor, 'bob', 'BTC'), { total_invested: '500.01' });
    return [breaks('holding-basis', holding(editor, 'bob', 'BTC'))];
  },
  'a position that realised more than its sales': async (editor) => {
    await editor.edit(holding(editor, 'dora', 'ETH'), { realized_pnl: '126.21' });
    return [
      breaks('holding-profit', holding(editor, 'dora', 'ETH')),
      breaks('holding-basis', holding(editor, 'dora', 'ETH')),
    ];
  },
  'a sale that realised more than its position': async (editor) => {
    await editor.edit(trade(editor, dorasOrder(editor, 'stopped')), { realized_pnl: '28.20' });
    return [breaks('holding-profit', holding(editor, 'dora', 'ETH'))];
  },
  'a sale and its position that both state a loss instead of a gain': async (editor) => {
    await editor.edit(trade(editor, dorasOrder(editor, 'stopped')), { realized_pnl: '-28.19' });
    await editor.edit(holding(editor, 'dora', 'ETH'), { realized_pnl: '69.82' });
    return [breaks('holding-basis', holding(editor, 'dora', 'ETH'))];
  },
  'a sale without realised profit': async (editor) => {
    await editor.edit(trade(editor, dorasOrder(editor, 'stopped')), { realized_pnl: null });
    return [breaks('holding-profit', holding(editor, 'dora', 'ETH'))];
  },
  'a realised profit with a part of a cent': async (editor) => {
    await editor.edit(holding(editor, 'dora', 'ETH'), { realized_pnl: '126.201' });
    return [
      breaks('item-scale', holding(editor, 'dora', 'ETH')),
      breaks('holding-profit', holding(editor, 'dora', 'ETH')),
      breaks('holding-basis', holding(editor, 'dora', 'ETH')),
    ];
  },
  'a position with more digits than its asset allows': async (editor) => {
    const { key } = holding(editor, 'alice', 'DOGE');
    const quantity = `${text(holding(editor, 'alice', 'DOGE'), 'quantity')}00001`;
    await editor.edit(holding(editor, 'alice', 'DOGE'), { quantity });
    const sale = order(editor, 'alice', 'market_sell', 'DOGE');
    return [
      breaks('asset-scale', nameOf(key)),
      breaks('holding-quantity', nameOf(key)),
      breaks('event-holding', eventOf(editor, sale, 'completed'), nameOf(key)),
    ];
  },
  'a price with more digits than its asset allows': async (editor) => {
    await editor.edit(asset(editor, 'BTC'), { current_price: '50000.001' });
    return [breaks('asset-scale', asset(editor, 'BTC'))];
  },
  'an order without its payment': async (editor) => {
    const found = bobsBuy(editor);
    await editor.remove(payment(editor, found));
    return [
      breaks('trade-cash', found),
      breaks('balance-count', balance(editor, 'bob')),
      breaks('balance-current', balance(editor, 'bob')),
      breaks('balance-totals', balance(editor, 'bob')),
      breaks('two-sides'),
    ];
  },
  'a position that is left in a settled asset': async (editor) => {
    const found = asset(editor, 'BTC');
    const at = text(found, 'created_at');
    await editor.edit(found, {
      status: 'delisted',
      settlement_price: '50000',
      delisted_at: at,
      settled_at: at,
    });
    return ['bob', 'olga'].map((user) => breaks('trade-settlement', holding(editor, user, 'BTC')));
  },
  'a settlement of an asset that is not delisted, for an order, and unpaid': async (editor) => {
    const found = order(editor, 'alice', 'market_sell', 'DOGE');
    const sold = trade(editor, found);
    await editor.edit(sold, { transaction_type: 'settlement' });
    return [
      breaks('trade-settlement', sold),
      breaks('trade-settlement', sold),
      breaks('trade-asset', found),
      breaks('trade-legs', sold),
    ];
  },
  'an order that was paid twice': async (editor) => {
    const found = bobsBuy(editor);
    const paid = payment(editor, found);
    const id = '000000000003-again';
    const again = {
      transaction_id: id,
      sequence: 3,
      previous_balance: '500.00',
      new_balance: '0.00',
      updated_at: AT,
    };
    await editor.put({ ...paid.key, sk: `TRANS#${id}` }, { ...paid.attributes, ...again });
    await editor.edit(balance(editor, 'bob'), {
      current_balance: '0.00',
      held_balance: '0.00',
      open_order_count: 0,
      transaction_count: 3,
      total_orders: '1000.00',
    });
    await editor.remove(openOrder(editor));
    return [
      breaks('trade-cash', found, paid, `users/bob/TRANS#${id}`),
      breaks('event-balance', lastEvent(editor, 'bob'), balance(editor, 'bob')),
      breaks('event-order', lastEvent(editor, 'bob')),
      CASH_IS_OFF,
    ];
  },
  'an order without its asset transaction': async (editor) => {
    const found = bobsBuy(editor);
    await editor.remove(trade(editor, found));
    return [
      breaks('trade-asset', found),
      breaks('holding-quantity', holding(editor, 'bob', 'BTC')),
      breaks('holding-basis', holding(editor, 'bob', 'BTC')),
      CASH_IS_OFF,
    ];
  },
  'an asset transaction at another price than its order': async (editor) => {
    const found = order(editor, 'alice', 'market_sell', 'DOGE');
    // The rounded total is the same.
    await editor.edit(trade(editor, found), { price: '0.123457' });
    return [
      breaks('trade-asset', found, trade(editor, found)),
      breaks('trade-legs', payment(editor, found), trade(editor, found)),
    ];
  },
  'an asset transaction of another quantity than its order': async (editor) => {
    const found = bobsBuy(editor);
    await editor.edit(trade(editor, found), { quantity: '0.00999999' });
    return [
      breaks('trade-asset', found, trade(editor, found)),
      breaks('trade-legs', payment(editor, found), trade(editor, found)),
      breaks('holding-quantity', holding(editor, 'bob', 'BTC')),
    ];
  },
  'a buy that was rounded down': async (editor) => {
    const found = order(editor, 'alice', 'market_buy', 'DOGE');
    const [cash, coins] = [payment(editor, found), trade(editor, found)];
    await editor.edit(found, { total_amount: '123.51' });
    await editor.edit(coins, { total_amount: '123.51' });
    await editor.edit(cash, { amount: '123.51', new_balance: '5276.74' });
    return [
      breaks('order-amount', found),
      breaks('trade-amount', coins),
      breaks('trade-legs', cash, coins),
      breaks('ledger-legs', cash),
      breaks('event-order', found, eventOf(editor, found, 'completed')),
      breaks('ledger-chain', line(editor, 'alice', 6)),
      breaks('balance-totals', balance(editor, 'alice')),
      breaks('holding-basis', holding(editor, 'alice', 'DOGE')),
      CASH_IS_OFF,
    ];
  },
  'a sale that was rounded up': async (editor) => {
    const found = order(editor, 'alice', 'market_sell', 'DOGE');
    const [cash, coins] = [payment(editor, found), trade(editor, found)];
    await editor.edit(found, { total_amount: '61.77' });
    await editor.edit(coins, { total_amount: '61.77' });
    await editor.edit(cash, { amount: '61.77' });
    return [
      breaks('order-amount', found),
      breaks('trade-amount', coins),
      breaks('event-order', found, eventOf(editor, found, 'completed')),
      breaks('trade-legs', cash, coins),
      breaks('ledger-legs', cash),
      breaks('ledger-amount', cash),
      breaks('holding-basis', holding(editor, 'alice', 'DOGE')),
      CASH_IS_OFF,
    ];
  },
  'a payment and a trade without their order': async (editor) => {
    const found = bobsBuy(editor);
    await editor.remove(found);
    return [
      breaks('trade-order', payment(editor, found), trade(editor, found), found),
      breaks('event-order', boughtEvent(editor)),
    ];
  },
  'a payment that names no order': async (editor) => {
    const found = bobsBuy(editor);
    await editor.edit(payment(editor, found), { reference_id: null });
    return [breaks('trade-order', payment(editor, found)), breaks('trade-cash', found)];
  },
  'a trade that became an airdrop': async (editor) => {
    const found = bobsBuy(editor);
    await editor.edit(trade(editor, found), { transaction_type: 'airdrop' });
    return [
      breaks('airdrop-posting', trade(editor, found)),
      breaks('unit-movement', trade(editor, found)),
      breaks('trade-asset', found),
      breaks('trade-legs', trade(editor, found)),
      breaks('holding-basis', holding(editor, 'bob', 'BTC')),
      CASH_IS_OFF,
    ];
  },
};
