import { targetAllocationInput } from '@cnop/common/entities/user/target-allocation';
import { identityOf } from '@cnop/common/http/authentication';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { emptyBodySchema } from '../routes/account-schemas.ts';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { insightsResponseSchema, targetResponseSchema } from './use-cases/insights-answer.ts';
import { readInsights } from './use-cases/read-insights.ts';
import { readTarget, removeTarget, saveTarget } from './use-cases/target-allocation.ts';

const docs = { tags: ['portfolio'], security: BEARER_SECURITY };
const target = { response: { 200: targetResponseSchema } };

/** Adds the routes for insights into the caller's portfolio, and for its target allocation. */
export function insightRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/portfolio/insights',
    {
      schema: {
        ...docs,
        summary: 'Read what is worth a look in the portfolio',
        description: 'Found by rules, serious findings first.',
        response: { 200: insightsResponseSchema },
      },
    },
    async (request) => {
      const { data, wording } = await readInsights(deps, identityOf(request).username);
      return { data: data.map((insight) => ({ ...insight, values: [...insight.values] })), wording };
    },
  );

  app.get(
    '/portfolio/target-allocation',
    { schema: { ...docs, ...target, summary: 'Read the target allocation' } },
    async (request) => ({ data: await readTarget(deps, identityOf(request).username) }),
  );

  app.put(
    '/portfolio/target-allocation',
    {
      schema: {
        ...docs,
        ...target,
        summary: 'Store the target allocation',
        description: 'In place of the one before. Nothing is traded.',
        body: targetAllocationInput,
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      return { data: await saveTarget(deps, { username, ...request.body }) };
    },
  );

  app.delete(
    '/portfolio/target-allocation',
    { schema: { ...docs, ...target, summary: 'Remove the target allocation', body: emptyBodySchema } },
    async (request) => {
      await removeTarget(deps, identityOf(request).username);
      return { data: null };
    },
  );
}
