import { assetResponseSchema } from '@cnop/common/entities/inventory/asset';
import { priceProposalSchema } from '@cnop/common/entities/inventory/price-proposal';
import { z } from 'zod';
import { callApi } from '../http/client.ts';
import { assetPath } from './asset-answer.ts';

/** The asset at its new price, or the proposal of one that a second administrator has to approve. */
const answerSchema = z.object({ data: z.union([assetResponseSchema, priceProposalSchema]) });

export interface NewPrice {
  /** USD per unit, with no more fraction digits than the asset's prices have. */
  readonly price: string;
  /** Proposes a step that is too large for one person. */
  readonly force?: boolean;
}

/** Sets a price by hand, or proposes it. @returns whether it was only proposed */
export async function setAssetPrice(assetId: string, body: NewPrice): Promise<{ isProposed: boolean }> {
  const path = `${assetPath(assetId)}/price`;
  const { data } = await callApi({ method: 'PUT', path, body, schema: answerSchema });
  return { isProposed: 'proposal_id' in data };
}
