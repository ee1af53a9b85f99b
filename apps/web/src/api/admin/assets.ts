import type { AssetId, ProposalId } from '@cnop/common/core/brands';
import { assetResponseSchema } from '@cnop/common/entities/inventory/asset';
import type { AssetCreate, AssetUpdate } from '@cnop/common/entities/inventory/asset-input';
import { priceProposalSchema } from '@cnop/common/entities/inventory/price-proposal';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

/** The answer to every change of an asset: the asset after the change. */
const assetAnswerSchema = z.object({ data: assetResponseSchema });

/** Returns the path of one asset in the API. */
function assetPath(assetId: AssetId): string {
  return `/inventory/assets/${encodeURIComponent(assetId)}`;
}

/** Adds an asset to the catalogue. A repeated attempt is refused, since the id exists by then. */
export async function createAsset(body: AssetCreate) {
  const { data } = await callApi({
    method: 'POST',
    path: '/inventory/assets',
    body,
    schema: assetAnswerSchema,
  });
  return data;
}

/** Edits an asset. Fields that are not named stay as they are. */
export async function updateAsset(assetId: AssetId, changes: AssetUpdate) {
  const path = assetPath(assetId);
  const { data } = await callApi({ method: 'PUT', path, body: changes, schema: assetAnswerSchema });
  return data;
}

export type Switch = 'activate' | 'deactivate';

/** Activates or deactivates an asset. Idempotent. */
export async function switchTrading(assetId: AssetId, to: Switch) {
  const path = `${assetPath(assetId)}/${to}`;
  const { data } = await callApi({ method: 'POST', path, schema: assetAnswerSchema });
  return data;
}

/** The asset at its new price, or the proposal that a second administrator has to approve. */
const priceAnswerSchema = z.object({ data: z.union([assetResponseSchema, priceProposalSchema]) });

export interface NewPrice {
  /** USD per unit, with at most the price scale of the asset. */
  readonly price: string;
  /** Proposes the price if the step is too large for one administrator. */
  readonly force?: boolean;
}

/**
 * Sets a price by hand, or proposes it.
 * @returns whether the price was only proposed
 */
export async function setAssetPrice(assetId: AssetId, body: NewPrice): Promise<{ isProposed: boolean }> {
  const path = `${assetPath(assetId)}/price`;
  const { data } = await callApi({ method: 'PUT', path, body, schema: priceAnswerSchema });
  return { isProposed: 'proposal_id' in data };
}

const REFRESH_MILLISECONDS = 10_000;
const listSchema = z.object({ data: z.array(priceProposalSchema) });
const rejectionSchema = z.object({ data: priceProposalSchema });

/** Lists the prices that need the approval of a second administrator. */
export function priceProposalsQuery() {
  return queryOptions({
    queryKey: ['admin', 'price-proposals'],
    queryFn: async ({ signal }) =>
      (await callApi({ path: '/inventory/price-proposals', schema: listSchema, signal })).data,
    refetchInterval: REFRESH_MILLISECONDS,
  });
}

export async function approvePriceProposal(assetId: AssetId, proposalId: ProposalId) {
  const path = proposalPath(assetId, proposalId, 'approve');
  return (await callApi({ method: 'POST', path, schema: assetAnswerSchema })).data;
}

/** Rejects a proposal, or withdraws one's own. */
export async function rejectPriceProposal(assetId: AssetId, proposalId: ProposalId) {
  const path = proposalPath(assetId, proposalId, 'reject');
  return (await callApi({ method: 'POST', path, schema: rejectionSchema })).data;
}

function proposalPath(assetId: AssetId, proposalId: ProposalId, verb: 'approve' | 'reject'): string {
  return `${assetPath(assetId)}/price-proposals/${encodeURIComponent(proposalId)}/${verb}`;
}
