import { ethQuote, minute } from '../waiting-orders.ts';
import type { Corruption } from './store-parts.ts';
import { breaks, clientOrderClaim, dorasOrder, eventOf } from './store-parts.ts';

/** When conditional orders wait, fire and expire, their places in the book, and the names that clients gave to them. */
export const WAITING: Readonly<Record<string, Corruption>> = {
  'an order executed in the instant that it expires': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), { expires_at: minute('15') });
    return [breaks('order-expiry', dorasOrder(editor, 'stopped'))];
  },
  'an order that expired too early': async (editor) => {
    await editor.edit(dorasOrder(editor, 'expired'), { expires_at: minute('14') });
    return [breaks('order-expiry', dorasOrder(editor, 'expired'))];
  },
  'an order accepted when its time was over': async (editor) => {
    await editor.edit(dorasOrder(editor, 'cancelled'), { expires_at: minute('05') });
    return [breaks('order-expiry', dorasOrder(editor, 'cancelled'))];
  },
  'a limit order that waits for what was there': async (editor) => {
    await editor.edit(dorasOrder(editor, 'buys'), {
      accepted_quote: { ...ethQuote('1799', '1799.50', '1800') },
    });
    return [breaks('order-acceptance', dorasOrder(editor, 'buys'))];
  },
  'a stop-loss that waits above the price': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stops'), {
      accepted_quote: { ...ethQuote('1700', '1701', '1702') },
    });
    return [breaks('order-acceptance', dorasOrder(editor, 'stops'))];
  },
  'a take-profit that waits below the price': async (editor) => {
    await editor.edit(dorasOrder(editor, 'expired'), {
      accepted_quote: { ...ethQuote('2700', '2701', '2702') },
    });
    return [breaks('order-acceptance', dorasOrder(editor, 'expired'))];
  },
  'an order that waited without a quote': async (editor) => {
    await editor.edit(dorasOrder(editor, 'cancelled'), { accepted_quote: null });
    return [breaks('order-acceptance', dorasOrder(editor, 'cancelled'))];
  },
  'an order accepted at the quote of another asset': async (editor) => {
    const quote = { ...ethQuote('1999.50', '2000', '2000.50'), asset_id: 'BTC' };
    await editor.edit(dorasOrder(editor, 'cancelled'), { accepted_quote: quote });
    return [breaks('order-acceptance', dorasOrder(editor, 'cancelled'))];
  },
  'an order that never waited, with a quote to wait from': async (editor) => {
    await editor.edit(dorasOrder(editor, 'met'), { accepted_quote: { ...ethQuote('2199', '2200', '2201') } });
    return [breaks('order-acceptance', dorasOrder(editor, 'met'))];
  },
  'a stop-loss that fired above its stop': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), {
      trigger_quote: { ...ethQuote('1960.01', '1961', '1962', 5) },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'stopped'))];
  },
  'a limit buy that fired at an ask above its limit': async (editor) => {
    await editor.edit(dorasOrder(editor, 'bought'), {
      trigger_quote: { ...ethQuote('1899', '1900', '1900.01', 5) },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'bought'))];
  },
  'an order that fired by the quote that it was accepted at': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), {
      trigger_quote: { ...ethQuote('1940', '1940.50', '1941', 1) },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'stopped'))];
  },
  'an order that fired by a quote of the time before it': async (editor) => {
    await editor.edit(dorasOrder(editor, 'trailed'), {
      trigger_quote: { ...ethQuote('1905', '1905.50', '1906', 3), at: '2026-01-15T12:59:00.000Z' },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'trailed'))];
  },
  'an order that fired by a candle of the minute before it': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), {
      trigger_quote: { ...ethQuote('1940', '1940.50', '1941', 0), at: '2026-01-15T12:59:00.000Z' },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'stopped'))];
  },
  'a stop-loss that fired at another stop': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), { trigger_price: '1970' });
    return [breaks('order-trigger', dorasOrder(editor, 'stopped'))];
  },
  'a trailing stop that fired below where it began': async (editor) => {
    await editor.edit(dorasOrder(editor, 'trailed'), {
      trigger_price: '1899.49',
      trigger_quote: { ...ethQuote('1890', '1891', '1892', 5) },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'trailed'))];
  },
  'an order that fired for no reason': async (editor) => {
    await editor.edit(dorasOrder(editor, 'trailed'), { trigger_quote: null });
    return [breaks('order-trigger', dorasOrder(editor, 'trailed'))];
  },
  'a bid above the ask that makes an order fire': async (editor) => {
    await editor.edit(dorasOrder(editor, 'stopped'), {
      trigger_quote: { ...ethQuote('1940', '1939', '1938', 5) },
    });
    return [breaks('order-trigger', dorasOrder(editor, 'stopped'))];
  },
  'a cancelled order that fired': async (editor) => {
    const changes = { trigger_quote: { ...ethQuote('2600', '2601', '2602', 5) }, trigger_price: '2600' };
    await editor.edit(dorasOrder(editor, 'cancelled'), changes);
    return [breaks('order-trigger', dorasOrder(editor, 'cancelled'))];
  },
  'a client_order_id that nothing claims': async (editor) => {
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
  'a claim that leads to another order': async (editor) => {
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
  'a waiting order that is not in the book': async (editor) => {
    const found = dorasOrder(editor, 'trails');
    const { TriggerIndex: _book, ...places } = editor.placesOf(found);
    await editor.put(found.key, found.attributes, places);
    return [breaks('index-missing', found)];
  },
  'a final order that is still in the book and among those that expire': async (editor) => {
    const found = dorasOrder(editor, 'cancelled');
    await editor.put(found.key, found.attributes, {
      ...editor.placesOf(found),
      TriggerIndex: { pk: 'ETH#BID_GE', sk: `000000000002600.000000000000000000#${found.key.pk}` },
      OrderExpiryIndex: { pk: 'EXPIRY#4', sk: `2026-02-14T13:00:00.000Z#${found.key.pk}` },
    });
    return [breaks('index-stray', found), breaks('index-stray', found)];
  },
};
