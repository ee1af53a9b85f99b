import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, roundUp, ZERO } from '@cnop/common/core/money';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { ManualMoves, PriceProposal } from '@cnop/common/entities/inventory/price-proposal';
import { ForbiddenError, NotFoundError, StateConflictError, ValidationError } from '@cnop/exception/errors';

/** Within this time the manual moves of an asset add up. */
const WINDOW_MILLISECONDS = 60 * 60 * 1_000;
/** How long a second administrator has time to approve. */
const PROPOSAL_LIFETIME_MILLISECONDS = 60 * 60 * 1_000;
const WHOLE_PERCENT = '100';
const MOVED_PERCENT_SCALE = 8;

export interface ManualStep {
  readonly asset: Pick<Asset, 'asset_id' | 'current_price'>;
  /** The moves before this one; undefined when there were none lately. */
  readonly moves: ManualMoves | undefined;
  /** USD per unit. */
  readonly price: string;
  /** How far one person may move a price within an hour, all moves up and down added up. */
  readonly limitPercent: number;
  readonly now: Date;
}

/**
 * Returns the moves with this one added, or undefined when it exceeds what one person may do alone. The moves of an hour
 * count together, up and down alike: many small steps, or a price set and restored again and again, gain no more than
 * one step.
 */
export function addManualMove(step: ManualStep): ManualMoves | undefined {
  const { asset, price, limitPercent, now } = step;
  const moved = movedPercent(step).plus(percentOf(asset.current_price, price));
  if (moved.gt(String(limitPercent))) return undefined;
  const moved_percent = formatDecimal(roundUp(moved, MOVED_PERCENT_SCALE));
  return { asset_id: asset.asset_id, moved_percent, at: now.toISOString() };
}

/** The moves that still count: the stored sum less what has drained since, at the rate of one limit a window. */
function movedPercent({ moves, limitPercent, now }: ManualStep): Decimal {
  if (!moves) return ZERO;
  const elapsedMilliseconds = Math.max(0, now.getTime() - Date.parse(moves.at));
  const drained = decimal(String(limitPercent))
    .times(String(elapsedMilliseconds))
    .div(String(WINDOW_MILLISECONDS));
  const left = decimal(moves.moved_percent).minus(drained);
  return left.gt(ZERO) ? left : ZERO;
}

function percentOf(from: string, to: string): Decimal {
  return decimal(to).minus(from).abs().times(WHOLE_PERCENT).div(from);
}

/** The refusal of a manual price that needs a second administrator, and how to ask for one. */
export function needsSecondAdministrator(limitPercent: number): ValidationError {
  return ValidationError.ofField(
    'price',
    `Manual prices of an asset may move ${limitPercent} % within an hour. ` +
      'For a larger step, send "force": true; it takes effect when a second administrator approves it.',
    'needs_second_administrator',
  );
}

/**
 * Makes a proposal that waits for a second administrator.
 * @param pending the stored proposal of the asset, if any
 * @throws StateConflictError (409) while another proposal of the asset is pending
 */
export function proposePrice(
  asset: Pick<Asset, 'asset_id' | 'current_price'>,
  pending: PriceProposal | undefined,
  { proposalId, price, by, now }: { proposalId: string; price: string; by: string; now: Date },
): PriceProposal {
  if (pending && isPending(pending, now)) {
    throw new StateConflictError(
      `A price of ${pending.price} is proposed for ${asset.asset_id} already: approve or reject it first.`,
    );
  }
  return {
    proposal_id: proposalId,
    asset_id: asset.asset_id,
    price,
    price_before: asset.current_price,
    proposed_by: by,
    proposed_at: now.toISOString(),
    expires_at: new Date(now.getTime() + PROPOSAL_LIFETIME_MILLISECONDS).toISOString(),
  };
}

export function isPending({ expires_at }: PriceProposal, now: Date): boolean {
  return now.getTime() < Date.parse(expires_at);
}

/**
 * Returns the proposal of an id, when it is still pending.
 * @throws NotFoundError (404) when it was decided or has expired
 */
export function findPending(stored: PriceProposal | undefined, proposalId: string, now: Date): PriceProposal {
  if (stored?.proposal_id !== proposalId || !isPending(stored, now)) throw new NotFoundError('The proposal');
  return stored;
}

/**
 * Refuses an approval by the person who proposed.
 * @throws ForbiddenError (403)
 */
export function assertSecondPerson({ proposed_by }: PriceProposal, approver: string): void {
  if (proposed_by !== approver) return;
  throw new ForbiddenError('You proposed this price: a second administrator has to approve it.');
}
