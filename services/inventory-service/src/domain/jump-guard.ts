import type { Decimal } from '@cnop/common/core/money';
import { decimal } from '@cnop/common/core/money';

const WHOLE_PERCENT = '100';

/** What is known of an asset's price, in USD per unit. */
export interface GuardedPrice {
  readonly accepted: string;
  /** A price that jumped and waits for another one that agrees. */
  readonly waiting: string | undefined;
}

export interface Judgement {
  readonly isAccepted: boolean;
  readonly price: GuardedPrice;
}

/**
 * Whether a new price may be believed. One that is near the accepted one may; one that jumped may when the one before it
 * jumped to about the same place. So a single wrong figure of a source is never traded at, and a crash is followed one
 * quote late.
 * @param maxJumpPercent how far two prices may be apart and still be near, in percent of the older one
 */
export function judgePrice(known: GuardedPrice, price: string, maxJumpPercent: number): Judgement {
  const isNear = (other: string | undefined) =>
    // Most prices of a quiet market are the same one again, and comparing decimals costs more than comparing texts.
    other === price || (other !== undefined && distance(other, price).lte(limitOf(other, maxJumpPercent)));
  return isNear(known.accepted) || isNear(known.waiting)
    ? { isAccepted: true, price: { accepted: price, waiting: undefined } }
    : { isAccepted: false, price: { ...known, waiting: price } };
}

function distance(one: string, other: string): Decimal {
  return decimal(one).minus(other).abs();
}

function limitOf(price: string, percent: number): Decimal {
  return decimal(price).times(String(percent)).div(WHOLE_PERCENT);
}
