import type { Price, ProposalId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, roundUp, ZERO } from '@cnop/common/core/money';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { ManualMoves, PriceProposal } from '@cnop/common/entities/inventory/price-proposal';
import { ForbiddenError, NotFoundError, StateConflictError, ValidationError } from '@cnop/exception/errors';

/** The time within which the manual moves of an asset add up. */
const WINDOW_MILLISECONDS = 60 * 60 * 1_000;
/** The time that a second administrator has to approve. */
const PROPOSAL_LIFETIME_MILLISECONDS = 60 * 60 * 1_000;
const WHOLE_PERCENT = '100';
const MOVED_PERCENT_SCALE = 8;

/** A manual change of a price, with the state it is judged by. */
export interface ManualStep {
  readonly asset: Pick<Asset, 'asset_id' | 'current_price'>;
  /** The stored moves before this one, if any. */
  readonly moves: ManualMoves | undefined;
  /** USD per unit. */
  readonly price: Price;
  /** Largest total move by one person within an hour, in percent. */
  readonly limitPercent: number;
  readonly now: Date;
}

/**
 * Adds a move to the stored ones; returns `undefined` when the total exceeds the limit of one person. Moves up and down add
 * up, so many small steps, or a price that is set and restored repeatedly, reach no further than one step.
 */
export function addManualMove(step: ManualStep): ManualMoves | undefined {
  const { asset, price, limitPercent, now } = step;
  const moved = movedPercent(step).plus(percentOf(asset.current_price, price));
  if (moved.gt(String(limitPercent))) return undefined;
  const moved_percent = formatDecimal(roundUp(moved, MOVED_PERCENT_SCALE));
  return { asset_id: asset.asset_id, moved_percent, at: isoTime(now) };
}

/** Returns the moves that still count: the stored sum less one limit per window since then. */
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

/** Makes the error (422) for a price that needs a second administrator; it says how to propose one. */
export function needsSecondAdministrator(limitPercent: number): ValidationError {
  return ValidationError.ofField(
    'price',
    `Manual prices of an asset may move ${limitPercent} % within an hour. ` +
      'For a larger step, send "force": true; it takes effect when a second administrator approves it.',
    'needs_second_administrator',
  );
}

/**
 * Makes a proposal for a second administrator.
 * @param pending the stored proposal of the asset, if any
 * @throws StateConflictError (409) while another proposal of the asset is pending
 */
export function proposePrice(
  asset: Pick<Asset, 'asset_id' | 'current_price'>,
  pending: PriceProposal | undefined,
  { proposalId, price, by, now }: { proposalId: ProposalId; price: Price; by: Username; now: Date },
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
    proposed_at: isoTime(now),
    expires_at: isoTime(new Date(now.getTime() + PROPOSAL_LIFETIME_MILLISECONDS)),
  };
}

/** Returns whether a proposal has not expired. */
export function isPending({ expires_at }: PriceProposal, now: Date): boolean {
  return now.getTime() < Date.parse(expires_at);
}

/**
 * Returns the stored proposal when it has the id and is still pending.
 * @throws NotFoundError (404) when it was decided or has expired
 */
export function findPending(
  stored: PriceProposal | undefined,
  proposalId: ProposalId,
  now: Date,
): PriceProposal {
  if (stored?.proposal_id !== proposalId || !isPending(stored, now)) throw new NotFoundError('The proposal');
  return stored;
}

/**
 * Asserts that the approver is not the proposer.
 * @throws ForbiddenError (403)
 */
export function assertSecondPerson({ proposed_by }: PriceProposal, approver: string): void {
  if (proposed_by !== approver) return;
  throw new ForbiddenError('You proposed this price: a second administrator has to approve it.');
}
