import { assetBalanceSchema } from '@cnop/common/entities/asset/asset-balance';
import { queryOptions } from '@tanstack/react-query';
import { ApiProblem } from '../http/api-problem.ts';
import { callApi } from '../http/client.ts';

const answerSchema = assetBalanceSchema.pick({
  asset_id: true,
  quantity: true,
  held_quantity: true,
  average_purchase_price: true,
  total_invested: true,
});
export type Holding = ReturnType<typeof answerSchema.parse>;

export const holdingKeys = {
  all: ['holdings'] as const,
  one: (assetId: string) => ['holdings', assetId] as const,
};

/** What the signed-in user holds of an asset; null before the first trade. */
export function holdingQuery(assetId: string) {
  return queryOptions({
    queryKey: holdingKeys.one(assetId),
    queryFn: async ({ signal }): Promise<Holding | null> => {
      const path = `/balance/asset/${encodeURIComponent(assetId)}`;
      try {
        return await callApi({ path, schema: answerSchema, signal });
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return null;
        throw error;
      }
    },
  });
}
