import {
  assetIdParameterSchema,
  assetIdSchema,
  decimalInput,
  integerInput,
} from '@cnop/common/entities/fields';
import { MAX_COOLDOWN_DAYS, stakingRateSchema } from '@cnop/common/entities/staking/stake';
import { identityOf, originOf } from '@cnop/common/http/authentication';
import { idempotencyKeyOf, markReplayed } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import {
  changeStake,
  previewStake,
  stakePreviewSchema,
  stakeReceiptSchema,
} from './use-cases/change-stake.ts';
import {
  readHistory,
  readStaking,
  stakedAssetSchema,
  stakeEntryResponseSchema,
} from './use-cases/read-staking.ts';
import { setStakingRate } from './use-cases/set-rate.ts';

/** More digits would not fit into what is carried from day to day. */
const RATE_SCALE = 4;
const MAX_RATE_PERCENT = '1000';

const stakeBodySchema = z.strictObject({
  asset_id: assetIdSchema,
  quantity: decimalInput().brand<'Quantity'>().describe('Units, with at most the digits that the asset has.'),
});
const rateBodySchema = z.strictObject({
  rate_percent: decimalInput({ sign: 'non-negative', scale: RATE_SCALE, max: MAX_RATE_PERCENT })
    .nullable()
    .describe('Percent a year, from the next day on; null closes the asset for staking.'),
  cooldown_days: integerInput({ min: 0, max: MAX_COOLDOWN_DAYS }).default(0),
});
const assetParams = z.strictObject({ asset_id: assetIdParameterSchema });

const docs = { tags: ['staking'], security: BEARER_SECURITY };

/** Adds the routes that stake units and set the rates of staking. */
export function stakingRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/staking',
    {
      schema: {
        ...docs,
        summary: 'List what may be staked and what is staked',
        response: { 200: z.object({ data: z.array(stakedAssetSchema) }) },
      },
    },
    async (request) => ({ data: await readStaking(deps, identityOf(request).username) }),
  );

  app.get(
    '/staking/:asset_id/history',
    {
      schema: {
        ...docs,
        summary: 'List the steps and the daily rewards of a stake, newest first',
        params: assetParams,
        querystring: pageQuerySchema.omit({ offset: true }),
        response: {
          200: z.object({
            data: z.array(stakeEntryResponseSchema),
            has_more: z.boolean(),
            next_cursor: z.string().nullable(),
          }),
        },
      },
    },
    async (request) => {
      const { asset_id: assetId } = request.params;
      const filter = { list: 'staking', asset_id: assetId };
      const key = { username: identityOf(request).username, assetId };
      const page = await readHistory(deps, key, pageRequestOf(request.query, filter));
      return { data: [...page.items], ...pageMembers(page, filter) };
    },
  );

  changeRoutes(app, deps, 'stake', 'Stake units of a position');
  changeRoutes(app, deps, 'unstake', 'Take staked units out, which then cool down');
  rateRoute(app, deps);
}

function changeRoutes(
  app: ServiceApp,
  deps: UserDependencies,
  kind: 'stake' | 'unstake',
  summary: string,
): void {
  app.post(
    `/staking/${kind}`,
    {
      config: { readsHeaders: ['Idempotency-Key'] },
      schema: { ...docs, summary, body: stakeBodySchema, response: { 201: stakeReceiptSchema } },
    },
    async (request, reply) => {
      const { username, role } = identityOf(request);
      const { asset_id: assetId, quantity } = request.body;
      const key = idempotencyKeyOf(request);
      const intent = key && { username, route: kind, ...key };
      const command = { username, role, kind, assetId, quantity, intent };
      const { result, isReplayed } = await changeStake(deps, command);
      markReplayed(reply, isReplayed);
      return reply.code(201).send(result);
    },
  );

  app.post(
    `/staking/${kind}/preview`,
    {
      schema: {
        ...docs,
        summary: `Preview it: ${summary.toLowerCase()}`,
        body: stakeBodySchema,
        response: { 200: z.object({ data: stakePreviewSchema }) },
      },
    },
    async (request) => {
      const { username, role } = identityOf(request);
      const { asset_id: assetId, quantity } = request.body;
      return { data: await previewStake(deps, { username, role, kind, assetId, quantity }) };
    },
  );
}

function rateRoute(app: ServiceApp, deps: UserDependencies): void {
  app.put(
    '/admin/staking/:asset_id',
    {
      config: { access: ['admin'] },
      schema: {
        ...docs,
        tags: ['administration'],
        summary: 'Set the rate of staking an asset from the next day on',
        params: assetParams,
        body: rateBodySchema,
        response: { 200: z.object({ data: stakingRateSchema }) },
      },
    },
    async (request) => {
      const { rate_percent: ratePercent, cooldown_days: cooldownDays } = request.body;
      const { username: actor } = identityOf(request);
      const { asset_id: assetId } = request.params;
      const command = { assetId, ratePercent, cooldownDays, actor, origin: originOf(request) };
      return { data: await setStakingRate(deps, command) };
    },
  );
}
