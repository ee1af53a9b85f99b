import { assetIdParameterSchema } from '@cnop/common/entities/fields';
import { identityOf } from '@cnop/common/http/authentication';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { endOfPeriodSchema, inOrder, startOfPeriodSchema } from '@cnop/common/http/period-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { performanceRangeSchema, performanceResponseSchema } from './use-cases/performance-answer.ts';
import { readPerformance } from './use-cases/read-performance.ts';

const performanceQuerySchema = inOrder(
  z
    .strictObject({
      range: performanceRangeSchema
        .optional()
        .describe('A period that ends now; by default one month. Not together with from or to.'),
      from: startOfPeriodSchema.optional().describe('The start: a day or a time; by default the account.'),
      to: endOfPeriodSchema.optional().describe('The end, inclusive: a day or a time; by default now.'),
      benchmark: assetIdParameterSchema.optional().describe('An asset to compare the portfolio with.'),
      include: z.enum(['inputs']).optional().describe('Adds what every figure follows from.'),
    })
    .refine(({ range, from, to }) => range === undefined || (from ?? to) === undefined, {
      error: 'Give either a range, or from and to.',
      path: ['range'],
      params: { code: 'invalid_period' },
    }),
  { start: 'from', end: 'to' },
);

/** Adds the route for the performance of the caller's portfolio. */
export function performanceRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/portfolio/performance',
    {
      schema: {
        tags: ['portfolio'],
        security: BEARER_SECURITY,
        summary: 'Measure the performance of the portfolio',
        description: 'Deposits, withdrawals and transfers are no gain. Rates are parts of one: 0.05 is 5 %.',
        querystring: performanceQuerySchema,
        response: { 200: performanceResponseSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      const { range = '1m', from, to, benchmark, include } = request.query;
      return readPerformance(deps, {
        username,
        period: (from ?? to) === undefined ? { range } : { from, to },
        benchmark,
        withInputs: include === 'inputs',
      });
    },
  );
}
