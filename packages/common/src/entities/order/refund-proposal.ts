import { z } from 'zod';
import {
  assetIdSchema,
  descriptionSchema,
  orderIdSchema,
  proposalIdSchema,
  quantitySchema,
  timestampSchema,
  usernameSchema,
} from '../fields.ts';

/** The refund of a filled order, proposed by one member of staff, that an administrator has to approve. */
export const refundProposalSchema = z.object({
  proposal_id: proposalIdSchema,
  order_id: orderIdSchema,
  /** The user of the order. */
  username: usernameSchema,
  asset_id: assetIdSchema,
  side: z.enum(['buy', 'sell']).describe('The side of the order.'),
  quantity: quantitySchema.describe('Units to refund.'),
  reason: descriptionSchema.describe('The user sees it once the order is refunded.'),
  proposed_by: usernameSchema,
  proposed_at: timestampSchema,
  expires_at: timestampSchema.describe('The proposal cannot be approved from this time on.'),
});
export type RefundProposal = z.infer<typeof refundProposalSchema>;
