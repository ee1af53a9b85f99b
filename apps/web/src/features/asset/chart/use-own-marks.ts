import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { openOrdersQuery } from '../../../api/orders/orders.ts';
import { tradesQuery } from '../../../api/orders/trades.ts';
import { isBuyOrder, ORDER_TYPE_NAMES } from '../../../ui/order-words.ts';
import type { FillMark, PriceMark } from './price-chart.ts';

/** Own orders as lines, own trades as arrows; the same arrays for the same data, since each new one is drawn. */
export function useOwnMarks(assetId: string, isSignedIn: boolean) {
  const { data: open } = useQuery({ ...openOrdersQuery(assetId), enabled: isSignedIn });
  const { data: trades } = useQuery({ ...tradesQuery(assetId), enabled: isSignedIn });
  const orders = useMemo(
    () =>
      (open ?? []).flatMap(({ order_type, price, stop_price }): PriceMark[] => {
        const at = price ?? stop_price;
        const label = ORDER_TYPE_NAMES[order_type];
        return at === null ? [] : [{ price: at, label, isBuy: isBuyOrder(order_type) }];
      }),
    [open],
  );
  const fills = useMemo(
    () =>
      (trades ?? []).map(
        ({ timestamp, transaction_type }): FillMark => ({ at: timestamp, isBuy: transaction_type === 'buy' }),
      ),
    [trades],
  );
  return { orders, fills };
}
