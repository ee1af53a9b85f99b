import { assetIdParameterSchema, assetIdSchema, timestampSchema } from '@cnop/common/entities/fields';
import { assetSumsSchema, houseSumsSchema } from '@cnop/common/entities/house/house-book';
import { orderTypeSchema } from '@cnop/common/entities/order/order-document';
import { identityOf } from '@cnop/common/http/authentication';
import { daySpanShape, inDaySpan, spanOf } from '@cnop/common/http/day-span-query';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { readAssetAnalytics, readPlatformAnalytics } from './use-cases/read-book-analytics.ts';
import { readOwnAnalytics } from './use-cases/read-own-analytics.ts';

const count = z.int().min(0);
const seconds = z.int().min(0).nullable();
const span = { from: z.string(), to: z.string() };

const tradeSumsShape = {
  buys: count,
  sales: count,
  volume: z.string().describe('USD of buys and sales, without fees.'),
  fees: z.string(),
  realized_pnl: z.string().describe('Of sales, settlements and refunds.'),
};
const realizedTradeSchema = z.object({
  transaction_id: z.string(),
  asset_id: assetIdSchema,
  quantity: z.string(),
  price: z.string(),
  realized_pnl: z.string(),
  timestamp: timestampSchema,
});

const ownResponseSchema = z.object({
  as_of: timestampSchema.describe('The answer has everything until then.'),
  ...span,
  orders: z.object({
    placed: count,
    filled: count,
    fill_rate: z
      .string()
      .nullable()
      .describe('The part of the orders that are not open which was filled, from 0 to 1; null without one.'),
    by_type: z.array(
      z.object({
        order_type: orderTypeSchema,
        placed: count,
        filled: count,
        cancelled: count,
        expired: count,
        failed: count,
        open: count,
      }),
    ),
    time_to_fill: z
      .object({
        orders: count,
        average_seconds: seconds,
        median_seconds: seconds,
        longest_seconds: seconds,
      })
      .describe('Of filled orders that were open; market orders do not count.'),
  }),
  trades: z.object({
    total: z.object(tradeSumsShape),
    by_asset: z.array(
      z.object({
        asset_id: assetIdSchema,
        ...tradeSumsShape,
        average_holding_seconds: seconds.describe(
          'Of the units that left, first in, first out, weighted by units.',
        ),
      }),
    ),
    by_day: z.array(z.object({ day: z.string(), ...tradeSumsShape })),
    best_trades: z.array(realizedTradeSchema).describe('Up to five with a gain, the largest first.'),
    worst_trades: z.array(realizedTradeSchema).describe('Up to five with a loss, the largest first.'),
  }),
});

const completeTo = timestampSchema
  .nullable()
  .describe(
    'The answer has every movement until then; null before the end of the first pass of the house book.',
  );
const activityShape = assetSumsSchema.pick({
  buys: true,
  sales: true,
  bought: true,
  sold: true,
  volume: true,
}).shape;
const sidesShape = assetSumsSchema.pick({ buyers: true, sellers: true }).shape;

const assetResponseSchema = z.object({
  complete_to: completeTo,
  ...span,
  total: z.object(activityShape),
  days: z.array(z.object({ day: z.string(), ...activityShape, ...sidesShape })),
  open_orders: z.array(
    z.object({
      from_percent: z.string(),
      to_percent: z.string().nullable(),
      below: count.describe(
        'Orders that are triggered when the price falls to them; at most 2,000 are counted.',
      ),
      above: count.describe(
        'Orders that are triggered when the price rises to them; at most 1,000 are counted.',
      ),
    }),
  ),
});

const platformShape = {
  ...houseSumsSchema.pick({ new_users: true, trades: true, volume: true }).shape,
  fees: z.string(),
};
const activeShape = { active_users: count.describe('Users with a ledger entry.') };

const platformResponseSchema = z.object({
  complete_to: completeTo,
  ...span,
  total: z.object(platformShape),
  all_days: z.object({ ...platformShape, ...activeShape }),
  days: z.array(z.object({ day: z.string(), ...platformShape, ...activeShape })),
  assets: z.array(z.object({ asset_id: assetIdSchema, ...activityShape, ...sidesShape })),
});

const docs = { tags: ['analytics'], security: BEARER_SECURITY };
const STAFF = { access: ['admin', 'moderator'] } as const;

/** Adds the analytics of the caller, of an asset, and of the platform for staff. */
export function analyticsRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/analytics/me',
    {
      schema: {
        ...docs,
        summary: 'Read what became of your orders and trades',
        description: 'Orders that were placed on these days (UTC), and trades of these days.',
        querystring: inDaySpan(z.strictObject(daySpanShape)),
        response: { 200: ownResponseSchema },
      },
    },
    async (request) => {
      const days = spanOf(request.query, deps.clock.now());
      return readOwnAnalytics(deps, { username: identityOf(request).username, ...days });
    },
  );

  app.get(
    '/analytics/assets/:asset_id',
    {
      schema: {
        ...docs,
        summary: 'Read what users did with an asset',
        description: 'Days without a trade are absent. Users are counted once a day for each side.',
        params: z.strictObject({ asset_id: assetIdParameterSchema }),
        querystring: inDaySpan(z.strictObject(daySpanShape)),
        response: { 200: assetResponseSchema },
      },
    },
    async (request) => {
      const days = spanOf(request.query, deps.clock.now());
      return readAssetAnalytics(deps, request.params.asset_id, days);
    },
  );

  app.get(
    '/admin/analytics',
    {
      config: STAFF,
      schema: {
        ...docs,
        summary: 'Read what all users did',
        description: 'Days without a movement are absent.',
        querystring: inDaySpan(z.strictObject(daySpanShape)),
        response: { 200: platformResponseSchema },
      },
    },
    async (request) => readPlatformAnalytics(deps, spanOf(request.query, deps.clock.now())),
  );
}
