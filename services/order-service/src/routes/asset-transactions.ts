import { assetTransactionSchema } from '@cnop/common/entities/asset/asset-transaction';
import { assetIdSchema } from '@cnop/common/entities/fields';
import { identityOf } from '@cnop/common/http/authentication';
import { getAssetTransactionDao } from '@cnop/common/http/dao-dependencies';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';

const assetTransactionListAnswerSchema = z.object({
  data: z.array(
    assetTransactionSchema.pick({
      transaction_id: true,
      asset_id: true,
      transaction_type: true,
      quantity: true,
      price: true,
      total_amount: true,
      fees: true,
      realized_pnl: true,
      order_id: true,
      status: true,
      timestamp: true,
    }),
  ),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});

/** What a user bought and sold of an asset. */
export function assetTransactionRoutes(app: ServiceApp): void {
  app.get(
    '/assets/:asset_id/transactions',
    {
      schema: {
        tags: ['orders'],
        security: BEARER_SECURITY,
        summary: 'List own trades of an asset, newest first',
        params: z.strictObject({ asset_id: assetIdSchema }),
        querystring: pageQuerySchema,
        response: { 200: assetTransactionListAnswerSchema.describe('One page of trades.') },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      const { asset_id } = request.params;
      const filter = { asset_id };
      const page = await getAssetTransactionDao(app).getUserAssetTransactions(
        username,
        asset_id,
        pageRequestOf(request.query, filter),
      );
      return { data: [...page.items], ...pageMembers(page, filter) };
    },
  );
}
