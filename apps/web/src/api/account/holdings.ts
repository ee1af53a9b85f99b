import { assetBalanceSchema } from '@cnop/common/entities/asset/asset-balance';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

const holdingSchema = assetBalanceSchema.pick({
  asset_id: true,
  quantity: true,
  held_quantity: true,
  average_purchase_price: true,
  total_invested: true,
});
const answerSchema = z.object({ data: z.array(holdingSchema) });
export type Holding = z.output<typeof holdingSchema>;

export const HOLDINGS_KEY = ['holdings'] as const;

/** Everything that the signed-in user holds, or once held. */
function holdingsQuery() {
  return queryOptions({
    queryKey: HOLDINGS_KEY,
    queryFn: ({ signal }) => callApi({ path: '/balance/assets', schema: answerSchema, signal }),
    select: ({ data }) => data,
  });
}

/** What the user holds of one asset; null before the first trade, which the route of one asset would call a 404. */
export function holdingQuery(assetId: string) {
  return {
    ...holdingsQuery(),
    select: ({ data }: z.output<typeof answerSchema>): Holding | null =>
      data.find(({ asset_id }) => asset_id === assetId) ?? null,
  };
}
