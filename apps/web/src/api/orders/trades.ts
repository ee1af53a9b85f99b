import { assetTransactionSchema } from '@cnop/common/entities/asset/asset-transaction';
import { queryOptions } from '@tanstack/react-query';
import { callApi } from '../http/client.ts';
import { pageSchema } from '../page.ts';
import { orderKeys } from './order-keys.ts';

const tradeSchema = assetTransactionSchema.pick({
  transaction_id: true,
  transaction_type: true,
  quantity: true,
  price: true,
  total_amount: true,
  fees: true,
  order_id: true,
  timestamp: true,
});

const answerSchema = pageSchema(tradeSchema);
const SHOWN_TRADES = '100';

/** What the user bought and sold of an asset, newest first. It changes when orders do. */
export function tradesQuery(assetId: string) {
  return queryOptions({
    queryKey: [...orderKeys.all, 'trades', assetId],
    queryFn: ({ signal }) =>
      callApi({
        path: `/assets/${encodeURIComponent(assetId)}/transactions`,
        query: { limit: SHOWN_TRADES },
        schema: answerSchema,
        signal,
      }),
    select: ({ data }) => data,
  });
}
