import type { Corruption } from './store-parts.ts';
import {
  AT,
  answer,
  balance,
  bobsBuy,
  breaks,
  eventOf,
  line,
  openOrder,
  order,
  payment,
  steps,
  text,
  trade,
} from './store-parts.ts';

/** Corruptions of histories of orders, and of remembered answers. */
export const ORDERS: Readonly<Record<string, Corruption>> = {
  'a history that skips a step': async (editor) => {
    const found = bobsBuy(editor);
    const at = text(found, 'created_at');
    const history = steps(at, 'pending', 'completed');
    await editor.edit(found, { history });
    return [breaks('order-history', found)];
  },
  'a history that ends with another status than the order': async (editor) => {
    const found = openOrder(editor);
    const at = text(found, 'created_at');
    await editor.edit(found, { history: steps(at, 'pending', 'confirmed') });
    return [
      breaks('order-history', found),
      breaks('order-acceptance', found),
      breaks('event-order', found, eventOf(editor, found, 'queued')),
    ];
  },
  'a history that goes back in time': async (editor) => {
    const found = openOrder(editor);
    await editor.edit(found, { history: steps(AT, 'pending', 'confirmed', 'queued') });
    return [breaks('order-times', found), breaks('event-order', found, eventOf(editor, found, 'queued'))];
  },
  'an order executed before it was placed': async (editor) => {
    await editor.edit(bobsBuy(editor), { executed_at: AT });
    return [breaks('order-times', bobsBuy(editor))];
  },
  'a completed order without its time of execution': async (editor) => {
    await editor.edit(bobsBuy(editor), { executed_at: null });
    return [breaks('order-state', bobsBuy(editor))];
  },
  'a market order that was left open': async (editor) => {
    const found = bobsBuy(editor);
    const at = text(found, 'created_at');
    const history = steps(at, 'pending', 'confirmed', 'processing');
    const unmoved = { price: null, total_amount: null, executed_price: null, executed_at: null };
    await editor.edit(found, { status: 'processing', ...unmoved, history });
    return [
      breaks('event-order', found, eventOf(editor, found, 'completed')),
      breaks('order-state', found),
      breaks('balance-open-orders', balance(editor, 'bob')),
      breaks('trade-order', payment(editor, found), trade(editor, found), found),
    ];
  },
  'an answer with an order that is not stored': async (editor) => {
    const response = text(answer(editor, 'POST /orders#buy-1'), 'response');
    const found = order(editor, 'alice', 'market_buy', 'BTC');
    await editor.edit(answer(editor, 'POST /orders#buy-1'), {
      response: response.replace(found.key.pk, 'another-order'),
    });
    return [breaks('first-answer', answer(editor, 'POST /orders#buy-1'), 'orders/another-order/ORDER')];
  },
  'an answer that differs from its order': async (editor) => {
    const response = text(answer(editor, 'POST /orders#buy-1'), 'response');
    const found = order(editor, 'alice', 'market_buy', 'BTC');
    await editor.edit(answer(editor, 'POST /orders#buy-1'), {
      response: response.replace('"total_amount":"5000.00"', '"total_amount":"4999.99"'),
    });
    return [breaks('first-answer', answer(editor, 'POST /orders#buy-1'), found)];
  },
  'an answer that differs from its ledger entry': async (editor) => {
    const response = text(answer(editor, 'deposit#deposit-1'), 'response');
    await editor.edit(answer(editor, 'deposit#deposit-1'), {
      response: response.replace('"new_balance":"10000.00"', '"new_balance":"1.00"'),
    });
    return [breaks('first-answer', answer(editor, 'deposit#deposit-1'), line(editor, 'alice', 1))];
  },
};
