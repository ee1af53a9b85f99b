import { priceProposalSchema } from '@cnop/common/entities/inventory/price-proposal';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';
import { assetAnswerSchema, assetPath } from './asset-answer.ts';

const REFRESH_MILLISECONDS = 10_000;
const listSchema = z.object({ data: z.array(priceProposalSchema) });
const rejectionSchema = z.object({ data: priceProposalSchema });

/** The prices that wait for a second administrator. */
export function priceProposalsQuery() {
  return queryOptions({
    queryKey: ['admin', 'price-proposals'],
    queryFn: async ({ signal }) =>
      (await callApi({ path: '/inventory/price-proposals', schema: listSchema, signal })).data,
    refetchInterval: REFRESH_MILLISECONDS,
  });
}

export async function approvePriceProposal(assetId: string, proposalId: string) {
  const path = proposalPath(assetId, proposalId, 'approve');
  return (await callApi({ method: 'POST', path, schema: assetAnswerSchema })).data;
}

/** Rejects a proposal, or withdraws one's own. */
export async function rejectPriceProposal(assetId: string, proposalId: string) {
  const path = proposalPath(assetId, proposalId, 'reject');
  return (await callApi({ method: 'POST', path, schema: rejectionSchema })).data;
}

function proposalPath(assetId: string, proposalId: string, verb: 'approve' | 'reject'): string {
  return `${assetPath(assetId)}/price-proposals/${encodeURIComponent(proposalId)}/${verb}`;
}
