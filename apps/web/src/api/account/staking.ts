import type { AssetId } from '@cnop/common/core/brands';
import { assetIdSchema, timestampSchema } from '@cnop/common/entities/fields';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';
import { HOLDINGS_KEY } from './portfolio.ts';

const rateSchema = z.object({
  /** The first day (UTC) of the rate. */
  from_day: z.string(),
  /** Percent a year; null while the asset is closed for staking. */
  rate_percent: z.string().nullable(),
  cooldown_days: z.int(),
});
const stakedAssetSchema = z.object({
  asset_id: assetIdSchema,
  rate: rateSchema.nullable(),
  /** The rate from tomorrow on, when it is another one. */
  next_rate: rateSchema.nullable(),
  staked_quantity: z.string(),
  /** Units taken out that are not available yet. */
  cooling: z.array(z.object({ quantity: z.string(), release_at: timestampSchema })),
  rewards_total: z.string(),
  next_reward: z.object({ quantity: z.string(), posted_at: timestampSchema }).nullable(),
});
export type StakedAsset = z.output<typeof stakedAssetSchema>;

/**
 * Reads every asset that may be staked or that the signed-in user has staked. Read again with the positions, since each
 * step of a stake changes one.
 */
export function stakesQuery() {
  return queryOptions({
    queryKey: [...HOLDINGS_KEY, 'stakes'],
    queryFn: ({ signal }) =>
      callApi({ path: '/staking', schema: z.object({ data: z.array(stakedAssetSchema) }), signal }),
    select: ({ data }) => data,
  });
}

export type StakeKind = 'stake' | 'unstake';

/** A change of a stake as the user asks for it. */
export interface StakeChange {
  readonly kind: StakeKind;
  readonly asset_id: AssetId;
  readonly quantity: string;
}

const beforeAfterSchema = z.object({ before: z.string(), after: z.string().nullable() });
const previewSchema = z.object({
  would_be: z.enum(['completed', 'refused']),
  staked: beforeAfterSchema,
  available: beforeAfterSchema,
  /** Percent a year from the next day on. */
  rate_percent: z.string().nullable(),
  cooldown_days: z.int().nullable(),
  /** The first day (UTC) that earns. */
  earns_from: z.string().nullable(),
  release_at: timestampSchema.nullable(),
  reasons: z.array(z.object({ code: z.string(), message: z.string() })),
});
export type StakePreview = z.output<typeof previewSchema>;

/** Predicts a change of a stake, with the reason for which it would be refused. */
export function stakePreviewQuery({ kind, ...body }: StakeChange) {
  return queryOptions({
    queryKey: [...HOLDINGS_KEY, 'stake-preview', kind, body],
    queryFn: ({ signal }) =>
      callApi({
        method: 'POST',
        path: `/staking/${kind}/preview`,
        body,
        schema: z.object({ data: previewSchema }),
        signal,
      }),
    select: ({ data }) => data,
  });
}

const receiptSchema = z.object({
  staked_quantity: z.string(),
  earns_from: z.string().nullable(),
  release_at: timestampSchema.nullable(),
});
export type StakeReceipt = z.output<typeof receiptSchema>;

/**
 * Stakes units, or takes them out.
 * @param idempotencyKey the same for every attempt, so that the change takes effect once
 */
export async function changeStake({ kind, ...body }: StakeChange, idempotencyKey: string) {
  return callApi({ method: 'POST', path: `/staking/${kind}`, body, schema: receiptSchema, idempotencyKey });
}
