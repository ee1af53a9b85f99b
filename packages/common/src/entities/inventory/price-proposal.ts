import { z } from 'zod';
import {
  assetIdSchema,
  nonNegativeDecimalSchema,
  priceSchema,
  proposalIdSchema,
  timestampSchema,
  usernameSchema,
} from '../fields.ts';

/** A manual price, proposed by one staff member, that a second administrator has to approve. */
export const priceProposalSchema = z.object({
  proposal_id: proposalIdSchema,
  asset_id: assetIdSchema,
  /** The proposed price in USD per unit. */
  price: priceSchema,
  /** The price at the time of the proposal, in USD per unit. */
  price_before: priceSchema,
  proposed_by: usernameSchema,
  proposed_at: timestampSchema,
  /** The proposal cannot be approved from this time on. */
  expires_at: timestampSchema,
});
export type PriceProposal = z.infer<typeof priceProposalSchema>;

/** The recent moves of an asset's manual price: a leaky bucket that empties within the window of the limit. */
export const manualMovesSchema = z.object({
  asset_id: assetIdSchema,
  /** The level of the bucket at `at`: the sum of moves in percent. */
  moved_percent: nonNegativeDecimalSchema,
  at: timestampSchema,
});
export type ManualMoves = z.infer<typeof manualMovesSchema>;
