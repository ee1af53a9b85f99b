import { aPrice } from '@cnop/testing/builders/brands';
import { ethQuote, minute } from '../open-orders.ts';
import type { Corruption } from './store-parts.ts';
import { breaks, clientOrderClaim, dorasOrder, eventOf } from './store-parts.ts';

/** Corruptions of acceptance, trigger, expiry, trigger index and client_order_id of open orders. */
export const OPEN_ORDERS: Readonly<Record<string, Corruption>> = {
  'an order filled at the instant of its expiry': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), { expires_at: minute('15') });
    return [breaks('order-expiry', dorasOrder(editor, 'stopped'))];
  },
  'an order that expired too early': async (editor) => {
    await editor.edit(dorasOrder(editor, 'expired'), { expires_at: minute('14') });
    return [breaks('order-expiry', dorasOrder(editor, 'expired'))];
  },
  'an order accepted after its expiry': async (editor) => {
    await editor.edit(dorasOrder(editor, 'cancelled'), { expires_at: minute('05') });
    return [breaks('order-expiry', dorasOrder(editor, 'cancelled'))];
  },
  'an open limit order that was met at its acceptance': async (editor) => {
    await editor.edit(dorasOrder(editor, 'buys'), {
      accepted_quote: { ...ethQuote(aPrice('1799'), aPrice('1799.50'), aPrice('1800')) },
    });
    return [breaks('order-acceptance', dorasOrder(editor, 'buys'))];
  },
  'an open stop-loss above the price': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stops'), {
      accepted_quote: { ...ethQuote(aPrice('1700'), aPrice('1701'), aPrice('1702')) },
    });
    return [breaks('order-acceptance', dorasOrder(editor, 'stops'))];
  },
  'an open take-profit below the price': async (editor) => {
    await editor.edit(dorasOrder(editor, 'expired'), {
      accepted_quote: { ...ethQuote(aPrice('2700'), aPrice('2701'), aPrice('2702')) },
    });
    return [breaks('order-acceptance', dorasOrder(editor, 'expired'))];
  },
  'an order that was open, without the quote of its acceptance': async (editor) => {
    await editor.edit(dorasOrder(editor, 'cancelled'), { accepted_quote: null });
    return [breaks('order-acceptance', dorasOrder(editor, 'cancelled'))];
  },
  'an order accepted at the quote of another asset': async (editor) => {
    const quote = { ...ethQuote(aPrice('1999.50'), aPrice('2000'), aPrice('2000.50')), asset_id: 'BTC' };
    await editor.edit(dorasOrder(editor, 'cancelled'), { accepted_quote: quote });
    return [breaks('order-acceptance', dorasOrder(editor, 'cancelled'))];
  },
  'an order that was never open, with a quote of its acceptance': async (editor) => {
    await editor.edit(dorasOrder(editor, 'met'), {
      accepted_quote: { ...ethQuote(aPrice('2199'), aPrice('2200'), aPrice('2201')) },
    });
    return [breaks('order-acceptance', dorasOrder(editor, 'met'))];
  },
  'a stop-loss triggered above its stop': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), {
      trigger_quote: { ...ethQuote(aPrice('1960.01'), aPrice('1961'), aPrice('1962'), 5) },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'stopped'))];
  },
  'a limit buy triggered at an ask above its limit': async (editor) => {
    await editor.edit(dorasOrder(editor, 'bought'), {
      trigger_quote: { ...ethQuote(aPrice('1899'), aPrice('1900'), aPrice('1900.01'), 5) },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'bought'))];
  },
  'an order triggered by the quote that it was accepted at': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), {
      trigger_quote: { ...ethQuote(aPrice('1940'), aPrice('1940.50'), aPrice('1941'), 1) },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'stopped'))];
  },
  'an order triggered by a quote of the time before it': async (editor) => {
    await editor.edit(dorasOrder(editor, 'trailed'), {
      trigger_quote: {
        ...ethQuote(aPrice('1905'), aPrice('1905.50'), aPrice('1906'), 3),
        at: '2026-01-15T12:59:00.000Z',
      },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'trailed'))];
  },
  'an order triggered by a candle of the minute before it': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), {
      trigger_quote: {
        ...ethQuote(aPrice('1940'), aPrice('1940.50'), aPrice('1941'), 0),
        at: '2026-01-15T12:59:00.000Z',
      },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'stopped'))];
  },
  'a stop-loss triggered at another stop': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), { trigger_price: '1970' });
    return [breaks('order-trigger', dorasOrder(editor, 'stopped'))];
  },
  'a trailing stop triggered below where it began': async (editor) => {
    await editor.edit(dorasOrder(editor, 'trailed'), {
      trigger_price: '1899.49',
      trigger_quote: { ...ethQuote(aPrice('1890'), aPrice('1891'), aPrice('1892'), 5) },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'trailed'))];
  },
  'an order that was triggered without a quote': async (editor) => {
    await editor.edit(dorasOrder(editor, 'trailed'), { trigger_quote: null });
    return [breaks('order-trigger', dorasOrder(editor, 'trailed'))];
  },
  'a triggering quote with the bid above the ask': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), {
      trigger_quote: { ...ethQuote(aPrice('1940'), aPrice('1939'), aPrice('1938'), 5) },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'stopped'))];
  },
  'a cancelled order with a triggering quote': async (editor) => {
    const changes = {
      trigger_quote: { ...ethQuote(aPrice('2600'), aPrice('2601'), aPrice('2602'), 5) },
      trigger_price: '2600',
    };
    await editor.edit(dorasOrder(editor, 'cancelled'), changes);
    return [breaks('order-trigger', dorasOrder(editor, 'cancelled'))];
  },
  'a client_order_id without a claim': async (editor) => {
    await editor.remove(clientOrderClaim(editor, 'dora:buys'));
    return [breaks('client-order', dorasOrder(editor, 'buys'))];
  },
  'a claim of a client_order_id that no order has': async (editor) => {
    const { key, attributes } = clientOrderClaim(editor, 'dora:buys');
    await editor.put(
      { ...key, sk: 'CLIENTORDER#dora:more' },
      { ...attributes, client_order_id: 'dora:more' },
    );
    return [breaks('client-order', 'users/dora/CLIENTORDER#dora:more')];
  },
  'a claim for another order': async (editor) => {
    await editor.edit(clientOrderClaim(editor, 'dora:buys'), { order_id: 'dora-met' });
    return [breaks('client-order', dorasOrder(editor, 'buys'), clientOrderClaim(editor, 'dora:buys'))];
  },
  'two orders of one client_order_id': async (editor) => {
    const second = dorasOrder(editor, 'met');
    await editor.edit(second, { client_order_id: 'dora:bounded' });
    return [
      breaks('client-order', dorasOrder(editor, 'bounded'), second, clientOrderClaim(editor, 'dora:bounded')),
      breaks('event-order', second, eventOf(editor, second, 'completed')),
    ];
  },
  'an open order that is not in the trigger index': async (editor) => {
    const found = dorasOrder(editor, 'trails');
    const { TriggerIndex: _book, ...places } = editor.indexEntriesOf(found);
    await editor.put(found.key, found.attributes, places);
    return [breaks('index-missing', found)];
  },
  'a final order that is still in the trigger index and the index of expiries': async (editor) => {
    const found = dorasOrder(editor, 'cancelled');
    await editor.put(found.key, found.attributes, {
      ...editor.indexEntriesOf(found),
      TriggerIndex: { pk: 'ETH#BID_GE', sk: `000000000002600.000000000000000000#${found.key.pk}` },
      OrderExpiryIndex: { pk: 'EXPIRY#4', sk: `2026-02-14T13:00:00.000Z#${found.key.pk}` },
    });
    return [breaks('index-stray', found), breaks('index-stray', found)];
  },
};
