import { orderCreateSchema } from '@cnop/common/entities/order/order';
import { orderPreviewSchema } from '@cnop/common/entities/order/order-preview';
import { identityOf } from '@cnop/common/http/authentication';
import { requestHashOf } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import { getOrdering } from '../dependencies.ts';
import { previewOrder } from '../use-cases/preview-order.ts';

const previewAnswerSchema = z.object({ data: orderPreviewSchema });

/** Asking what an order would do. */
export function previewRoutes(app: ServiceApp): void {
  app.post(
    '/orders/preview',
    {
      schema: {
        tags: ['orders'],
        security: BEARER_SECURITY,
        summary: 'Say what an order would do, without placing it',
        description:
          'Takes the body of POST /orders and answers with its cost, its hold, the balances after it, and every reason ' +
          'why it would be refused. Nothing is written and nothing is promised: the next price may change it all.',
        body: orderCreateSchema,
        response: { 200: previewAnswerSchema.describe('What would become of the order now.') },
      },
    },
    async (request) => {
      const { username, role } = identityOf(request);
      const requestHash = requestHashOf(request.body);
      const command = { username, role, request: request.body, requestHash };
      return { data: await previewOrder(getOrdering(app), command) };
    },
  );
}
