import type { IsoTime, Usd } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import {
  CURRENCY_SCALE,
  decimal,
  decimalOfUnits,
  displayNumber,
  formatDecimal,
  formatUsd,
  ZERO,
} from '@cnop/common/core/money';

/** Fraction digits of the rates in answers: 0.05 is 5 %. */
export const RATE_SCALE = 8;
/** Fraction digits of a cumulated return inside: a thousand roundings leave those of the answer exact. */
const INDEX_SCALE = 36;
const START = 10n ** BigInt(INDEX_SCALE);

/** The value of a portfolio at a moment, with all external flows up to then. */
export interface Valuation {
  readonly at: IsoTime;
  readonly total_value: Usd;
  /** Of two valuations at one moment the second has its flow, and the value with it. */
  readonly net_deposits: Usd;
}

/** What one unit of money has become since the first valuation, flows excluded. */
export interface GrowthPoint {
  readonly at: IsoTime;
  /** In units of 10^-36. */
  readonly growth: bigint;
  /** Whether there was money to invest since the point before. */
  readonly hasCapital: boolean;
}

/** Money that came in from outside; negative for money that left. */
export interface Flow {
  readonly at: IsoTime;
  readonly amount: Decimal;
}

/** Units that were given, with their value in USD. */
interface Gift {
  readonly created_at: IsoTime;
  readonly total_amount: Usd;
}

/**
 * Counts given units as paid in: a history shows them as a gain, but they are no return of what was there.
 * @param valuations oldest first, with one before and one after each gift
 * @param gifts newest first
 */
export function countGifts<Point extends Valuation>(
  valuations: readonly Point[],
  gifts: readonly Gift[],
): Point[] {
  const oldestFirst = gifts.toReversed();
  let given = ZERO;
  let next = 0;
  return valuations.map((valuation, index) => {
    const isLast = valuations[index + 1]?.at !== valuation.at;
    for (let gift = oldestFirst[next]; gift; gift = oldestFirst[next]) {
      if (gift.created_at > valuation.at || (gift.created_at === valuation.at && !isLast)) break;
      given = given.plus(gift.total_amount);
      next += 1;
    }
    if (given.eq(ZERO)) return valuation;
    return { ...valuation, net_deposits: formatUsd(decimal(valuation.net_deposits).plus(given)) };
  });
}

/** Returns the external flows between the first and the last valuation, oldest first. */
export function flowsOf(valuations: readonly Valuation[]): Flow[] {
  return valuations.flatMap((valuation, index) => {
    const before = valuations[index - 1];
    if (!before || before.net_deposits === valuation.net_deposits) return [];
    return [{ at: valuation.at, amount: decimal(valuation.net_deposits).minus(before.net_deposits) }];
  });
}

/**
 * Returns the time-weighted growth: the product of the returns between two valuations, each of which is the value at its end
 * divided by the value at its start with the flow of that moment. Without money there is no return.
 * @param valuations oldest first, with one before and one after each flow
 */
export function cumulateReturns(valuations: readonly Valuation[]): GrowthPoint[] {
  const points: GrowthPoint[] = [];
  let growth = START;
  let before: Valuation | undefined;
  for (const valuation of valuations) {
    const invested = before && investedBetween(before, valuation);
    const hasCapital = invested !== undefined && invested > 0n;
    if (hasCapital) growth = (growth * centsOf(valuation.total_value)) / invested;
    points.push({ at: valuation.at, growth, hasCapital });
    before = valuation;
  }
  return points;
}

function investedBetween(before: Valuation, after: Valuation): bigint {
  return centsOf(before.total_value) + centsOf(after.net_deposits) - centsOf(before.net_deposits);
}

function centsOf(amount: Usd): bigint {
  return decimal(amount).unitsAt(CURRENCY_SCALE);
}

/**
 * Returns the rate between two points of a growth, rounded to {@link RATE_SCALE} digits; null after a total loss.
 * @param from the whole growth by default
 */
export function rateBetween(from: bigint | undefined, to: bigint): number | null {
  const start = from ?? START;
  return start === 0n ? null : roundedRate(decimalOfUnits(to - start, 0).div(decimalOfUnits(start, 0)));
}

/** Returns a decimal as a rate in an answer. */
export function roundedRate(value: Decimal): number {
  return displayNumber(formatDecimal(value.round(RATE_SCALE)));
}
