import type { Price } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal } from '@cnop/common/core/money';

const WHOLE_PERCENT = '100';

/** The accepted price of an asset and a pending jump, in USD per unit. */
export interface GuardedPrice {
  readonly accepted: Price;
  /** A price that jumped; a second price near it confirms it. */
  readonly pending: Price | undefined;
}

/** The outcome of `judgePrice`: whether the new price was accepted, and the state after it. */
export interface Judgement {
  readonly isAccepted: boolean;
  readonly price: GuardedPrice;
}

/**
 * Decides whether to accept a new price. It is accepted when it is near the accepted price, or near a pending jump, which
 * it confirms. So a single wrong figure of a feed is never traded at, and a crash is followed one quote late.
 * @param maxJumpPercent largest distance of two near prices, in percent of the older one
 */
export function judgePrice(known: GuardedPrice, price: Price, maxJumpPercent: number): Judgement {
  const isNear = (other: Price | undefined) =>
    // In a quiet market most prices repeat, and comparing texts is cheaper than comparing decimals.
    other === price || (other !== undefined && distance(other, price).lte(limitOf(other, maxJumpPercent)));
  return isNear(known.accepted) || isNear(known.pending)
    ? { isAccepted: true, price: { accepted: price, pending: undefined } }
    : { isAccepted: false, price: { ...known, pending: price } };
}

function distance(one: Price, other: Price): Decimal {
  return decimal(one).minus(other).abs();
}

function limitOf(price: Price, percent: number): Decimal {
  return decimal(price).times(String(percent)).div(WHOLE_PERCENT);
}
