import { idSchema } from '@cnop/common/entities/fields';
import { orderExplanationSchema } from '@cnop/common/entities/order/order-explanation';
import { identityOf } from '@cnop/common/http/authentication';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import { getOrdering } from '../dependencies.ts';
import { explainOrder } from '../use-cases/explain-order.ts';

const explanationAnswerSchema = z.object({ data: orderExplanationSchema });

/** Asking why an order is what it is. */
export function explanationRoutes(app: ServiceApp): void {
  app.get(
    '/orders/:id/explain',
    {
      schema: {
        tags: ['orders'],
        security: BEARER_SECURITY,
        summary: 'Tell what happened to an order and what it waits for',
        description:
          'A timeline from what is stored: acceptance, hold, trigger, execution, end and release. Of an order that has ' +
          'not fired also how close the price came, and of one that waits how far away it is.',
        params: z.strictObject({ id: idSchema.describe('The order_id.') }),
        response: { 200: explanationAnswerSchema.describe('The order, explained.') },
      },
    },
    async (request) => ({
      data: await explainOrder(getOrdering(app), {
        username: identityOf(request).username,
        orderId: request.params.id,
      }),
    }),
  );
}
