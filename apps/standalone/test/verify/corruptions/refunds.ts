import type { Item } from '@cnop/common/database/table-store';
import type { OrderRefund } from '@cnop/common/entities/order/order-document';
import { orderRefundSchema } from '@cnop/common/entities/order/order-document';
import { aQuantity, aTime, aUsd } from '@cnop/testing/builders/brands';
import type { StoreEditor } from '../store-editor.ts';
import type { Corruption } from './store-parts.ts';
import { balance, breaks, CASH_IS_OFF, holding, openOrder, order, refundTrade } from './store-parts.ts';

const refundedBuy = (editor: StoreEditor): Item => order(editor, 'judy', 'market_buy', 'DOGE');

/** Returns the ledger entry of the refund of an order. */
const refundPayment = (editor: StoreEditor, of: Item): Item =>
  editor.find(
    ({ attributes }) =>
      attributes['transaction_type'] === 'order_refund' && attributes['reference_id'] === of.key.pk,
  );

/** Changes members of the refund in an order. */
const editRefund = async (editor: StoreEditor, of: Item, changes: Partial<OrderRefund>): Promise<void> =>
  editor.edit(of, { refund: { ...orderRefundSchema.parse(of.attributes['refund']), ...changes } });

/** Corruptions of the refund of 400 of judy's 1,000 DOGE, which she bought for 123.46. */
export const REFUNDS: Readonly<Record<string, Corruption>> = {
  'a refund of more units than were bought': async (editor) => {
    const found = refundedBuy(editor);
    await editRefund(editor, found, { quantity: aQuantity('1001') });
    return [breaks('refund-terms', found), breaks('refund-sides', found, refundTrade(editor, found))];
  },
  'a refund of more than its share': async (editor) => {
    const found = refundedBuy(editor);
    await editRefund(editor, found, { total_amount: aUsd('49.39') });
    return [
      breaks('refund-terms', found),
      breaks('refund-sides', found, refundPayment(editor, found)),
      breaks('refund-sides', found, refundTrade(editor, found)),
    ];
  },
  'a refund before its order was filled': async (editor) => {
    const found = refundedBuy(editor);
    await editRefund(editor, found, { refunded_at: aTime('2025-01-15T12:00:00.000Z') });
    return [breaks('refund-terms', found)];
  },
  'a refund of an open order': async (editor) => {
    const found = refundedBuy(editor);
    const open = openOrder(editor);
    await editor.edit(open, { refund: found.attributes['refund'] ?? null });
    return [breaks('refund-terms', open)];
  },
  'a refund that the order does not have': async (editor) => {
    const found = refundedBuy(editor);
    const { refund: _removed, ...rest } = found.attributes;
    await editor.put(found.key, rest, editor.indexEntriesOf(found));
    return [breaks('refund-sides', refundPayment(editor, found), refundTrade(editor, found), found)];
  },
  'a refund without its cash': async (editor) => {
    const found = refundedBuy(editor);
    await editor.edit(refundPayment(editor, found), { amount: '49.37' });
    return [
      breaks('ledger-amount', refundPayment(editor, found)),
      breaks('ledger-legs', refundPayment(editor, found)),
      breaks('balance-totals', balance(editor, 'judy')),
      breaks('refund-sides', found, refundPayment(editor, found)),
    ];
  },
  'a refund without its units': async (editor) => {
    const found = refundedBuy(editor);
    await editor.remove(refundTrade(editor, found));
    return [
      breaks('refund-sides', found),
      breaks('holding-quantity', holding(editor, 'judy', 'DOGE')),
      breaks('holding-basis', holding(editor, 'judy', 'DOGE')),
      CASH_IS_OFF,
    ];
  },
  'a refund whose other side is not that of the trade': async (editor) => {
    const found = refundedBuy(editor);
    const legs = [{ account: 'house:asset:DOGE', amount: '-49.38' }];
    await editor.edit(refundPayment(editor, found), { legs });
    return [breaks('trade-legs', refundPayment(editor, found), refundTrade(editor, found))];
  },
};
