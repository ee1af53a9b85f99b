import { z } from 'zod';
import {
  assetIdSchema,
  idSchema,
  nonNegativeDecimalSchema,
  positiveDecimalSchema,
  timestampSchema,
  usernameSchema,
} from '../fields.ts';

/** A manual price that one staff member proposed and a second administrator has to approve. */
export const priceProposalSchema = z.object({
  proposal_id: idSchema,
  asset_id: assetIdSchema,
  /** USD per unit: what was proposed, and the price at that moment. */
  price: positiveDecimalSchema,
  price_before: positiveDecimalSchema,
  proposed_by: usernameSchema,
  proposed_at: timestampSchema,
  /** From this moment on the proposal cannot be approved. */
  expires_at: timestampSchema,
});
export type PriceProposal = z.infer<typeof priceProposalSchema>;

/** How far manual prices of an asset moved lately, as a leaky bucket that empties within the window of the limit. */
export const manualMovesSchema = z.object({
  asset_id: assetIdSchema,
  /** Sum of the moves in percent, as it was at `at`. */
  moved_percent: nonNegativeDecimalSchema,
  at: timestampSchema,
});
export type ManualMoves = z.infer<typeof manualMovesSchema>;
