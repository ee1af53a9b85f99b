import { z } from 'zod';
import type { AirdropId, TransactionId } from '../../core/brands.ts';
import { transactionId } from '../../core/brands.ts';
import { decimal, formatQuantity } from '../../core/money.ts';
import {
  airdropIdSchema,
  assetIdSchema,
  descriptionSchema,
  nonNegativeQuantitySchema,
  quantitySchema,
  timestampSchema,
  transactionIdSchema,
  usdSchema,
  usernameSchema,
} from '../fields.ts';

/** The most recipients of one airdrop. */
export const MAX_AIRDROP_RECIPIENTS = 10_000;
/** The most recipients of a list or a CSV table: a request has at most 64 KB. */
export const MAX_LISTED_RECIPIENTS = 1_000;
/** Recipients that are stored in one item. */
export const RECIPIENTS_PER_PART = 250;

/** The states of an airdrop. `proposed` awaits a second administrator; `completed` and `cancelled` are final. */
export const airdropStatusSchema = z.enum(['proposed', 'running', 'paused', 'completed', 'cancelled']);
export type AirdropStatus = z.infer<typeof airdropStatusSchema>;

/** Units of an asset that staff give to many users, with its progress. */
export const airdropSchema = z.object({
  airdrop_id: airdropIdSchema,
  asset_id: assetIdSchema,
  reason: descriptionSchema.describe('The recipients see it.'),
  status: airdropStatusSchema,
  recipients: z.int().min(1).max(MAX_AIRDROP_RECIPIENTS).describe('The number of recipients.'),
  total_quantity: quantitySchema.describe('Units for all recipients together.'),
  total_value: usdSchema.describe('USD: their value when the airdrop was created.'),
  created_by: usernameSchema,
  created_at: timestampSchema,
  expires_at: timestampSchema
    .nullable()
    .describe('A proposed airdrop cannot be approved from this time on; null when it needed no approval.'),
  approved_by: usernameSchema.nullable().describe('The second administrator, where one was needed.'),
  handled: z.int().min(0).describe('Recipients that the job is done with: posted, skipped and failed ones.'),
  posted: z.int().min(0).describe('Recipients that got their units.'),
  skipped: z.int().min(0).describe('Recipients that may not get units, such as suspended ones.'),
  failed: z.int().min(0).describe('Recipients whose position cannot take the units.'),
  posted_quantity: nonNegativeQuantitySchema.describe('Units that were posted.'),
  /** The due time of the work that goes on with it; null while nothing is to be done. */
  work_due_at: timestampSchema.nullable(),
  updated_at: timestampSchema,
  finished_at: timestampSchema.nullable().describe('The time when it was completed or cancelled.'),
});
export type Airdrop = z.infer<typeof airdropSchema>;

/** A recipient of an airdrop, and the units for them. */
export const airdropRecipientSchema = z.object({ username: usernameSchema, quantity: quantitySchema });
export type AirdropRecipient = z.infer<typeof airdropRecipientSchema>;

/** A part of the recipients of an airdrop, in their order. */
export const airdropPartSchema = z.object({
  airdrop_id: airdropIdSchema,
  part: z.int().min(0),
  recipients: z.array(airdropRecipientSchema).min(1).max(RECIPIENTS_PER_PART),
});
export type AirdropPart = z.infer<typeof airdropPartSchema>;

export const airdropOutcomeSchema = z.enum(['posted', 'skipped', 'failed']);
export type AirdropOutcome = z.infer<typeof airdropOutcomeSchema>;

/** What became of one recipient of an airdrop. It is written with the units, so each recipient gets them once. */
export const airdropResultSchema = z.object({
  airdrop_id: airdropIdSchema,
  /** The position in the list of recipients, from 0. */
  position: z.int().min(0),
  username: usernameSchema,
  asset_id: assetIdSchema,
  quantity: quantitySchema,
  outcome: airdropOutcomeSchema,
  /** Why no units were posted; null when they were. */
  problem: z.string().nullable(),
  /** The asset transaction; null without one. */
  transaction_id: transactionIdSchema.nullable(),
  at: timestampSchema,
});
export type AirdropResult = z.infer<typeof airdropResultSchema>;

/** Digits of a position in the list of recipients. */
const POSITION_DIGITS = 6;

/** Returns the id of the asset transaction of a recipient: it names the airdrop and the position. */
export function airdropTransactionId(airdropId: AirdropId, position: number): TransactionId {
  return transactionId(`${airdropId}-${String(position).padStart(POSITION_DIGITS, '0')}`);
}

/** Returns the progress of an airdrop after the job is done with its next recipients. */
export function advanceAirdrop(
  airdrop: Airdrop,
  results: readonly AirdropResult[],
): Pick<Airdrop, 'handled' | 'posted' | 'skipped' | 'failed' | 'posted_quantity'> {
  const count = (outcome: AirdropOutcome): number =>
    results.filter((result) => result.outcome === outcome).length;
  const units = results
    .filter(({ outcome }) => outcome === 'posted')
    .reduce((sum, { quantity }) => sum.plus(quantity), decimal(airdrop.posted_quantity));
  return {
    posted_quantity: formatQuantity(units),
    handled: airdrop.handled + results.length,
    posted: airdrop.posted + count('posted'),
    skipped: airdrop.skipped + count('skipped'),
    failed: airdrop.failed + count('failed'),
  };
}
