import type { IsoTime } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { displayNumber, formatDecimal } from '@cnop/common/core/money';
import type { Flow } from './cumulated-return.ts';
import type { NoFigureReason } from './figure-of-return.ts';

/** A payment of the investor at a time in milliseconds; negative for what is paid in. */
interface Payment {
  readonly time: number;
  readonly amount: number;
}

/** Why there is no money-weighted return. */
type NoRate = Extract<
  NoFigureReason,
  'no_capital' | 'too_short' | 'total_loss' | 'no_solution' | 'several_solutions' | 'not_determined'
>;

/** The solutions of the equation of the money-weighted return. */
type MoneyWeighted =
  | { readonly kind: 'rate'; readonly logGrowth: number; readonly milliseconds: number }
  | { readonly kind: NoRate; readonly logGrowths: readonly number[]; readonly milliseconds: number };

/** The logarithm of the growth lies within ± this. Larger ones overflow. */
const MAX_LOG_GROWTH = 600;
/** Changes of sign up to which all solutions are searched. */
const MAX_SIGN_CHANGES = 60;
const BISECTIONS = 200;
/** A part of the largest amount that rounding may produce. */
const ROUNDING = 1e-9;

/**
 * Solves the equation of the money-weighted return (XIRR): the rate at which what was paid in grows to what was paid out and
 * what is left. Time counts from the first payment.
 * @param flows positive for what came in
 * @param worth the value at the start and at the end of the period
 * @see docs/reference/performance.md
 */
export function moneyWeightedReturn(
  flows: readonly Flow[],
  worth: { readonly start: Flow; readonly end: Flow },
): MoneyWeighted {
  const paid = [
    ...[worth.start, ...flows].map(({ at, amount }) => paymentOf(at, amount.neg())),
    paymentOf(worth.end.at, worth.end.amount),
  ].filter(({ amount }) => amount !== 0);
  const payments = mergePayments(paid);
  const [first, last] = [payments[0], payments.at(-1)];
  const none = { logGrowths: [], milliseconds: 0 };
  const isNew = paid.length > 0 && paid.every(({ time }) => time === Date.parse(worth.end.at));
  if (!first || !last) return { kind: isNew ? 'too_short' : 'no_capital', ...none };
  if (payments.every(({ amount }) => amount < 0))
    return { kind: isNew ? 'too_short' : 'total_loss', ...none };
  const milliseconds = last.time - first.time;
  if (milliseconds === 0) return { kind: 'too_short', ...none };
  const terms = payments.map(({ time, amount }) => ({ time: (time - first.time) / milliseconds, amount }));
  const [likely] = solve(terms, [-MAX_LOG_GROWTH, MAX_LOG_GROWTH]);
  // While the investor has money in the account at a solution, it is the only one.
  if (likely !== undefined && neverOwes(terms, likely))
    return { kind: 'rate', logGrowth: likely, milliseconds };
  if (signChanges(terms) > MAX_SIGN_CHANGES) return { kind: 'not_determined', ...none };
  const logGrowths = allSolutions(terms);
  const [only] = logGrowths;
  if (only === undefined) {
    // With different signs at the ends there is a solution, too large or too small to compute.
    return { kind: isChange(first.amount, last.amount) ? 'not_determined' : 'no_solution', ...none };
  }
  return logGrowths.length === 1
    ? { kind: 'rate', logGrowth: only, milliseconds }
    : { kind: 'several_solutions', logGrowths, milliseconds };
}

function paymentOf(at: IsoTime, amount: Decimal): Payment {
  return { time: Date.parse(at), amount: displayNumber(formatDecimal(amount)) };
}

/** Adds up payments of one moment, and leaves out those of nothing. */
function mergePayments(payments: readonly Payment[]): Payment[] {
  const sums = new Map<number, number>();
  for (const { time, amount } of payments) sums.set(time, (sums.get(time) ?? 0) + amount);
  return [...sums]
    .flatMap(([time, amount]) => (amount === 0 ? [] : [{ time, amount }]))
    .toSorted((one, other) => one.time - other.time);
}

/** Returns the sum of payments discounted by a growth: zero at a solution. */
function presentValue(terms: readonly Payment[], logGrowth: number): number {
  return terms.reduce((sum, { time, amount }) => sum + amount * Math.exp(-logGrowth * time), 0);
}

/** Returns the solution between each two neighbouring bounds at which the present value has different signs. */
function solve(terms: readonly Payment[], bounds: readonly number[]): number[] {
  return bounds.slice(1).flatMap((high, index) => {
    const low = bounds[index] ?? high;
    const isBelow = presentValue(terms, low) < 0;
    return isBelow === presentValue(terms, high) < 0 ? [] : [bisect(terms, { low, high, isBelow })];
  });
}

function bisect(
  terms: readonly Payment[],
  bounds: { readonly low: number; readonly high: number; readonly isBelow: boolean },
): number {
  let { low, high } = bounds;
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (presentValue(terms, middle) < 0 === bounds.isBelow) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Returns whether the invested amount, growing at the rate, covers every payment before the last. */
function neverOwes(terms: readonly Payment[], logGrowth: number): boolean {
  let [balance, time] = [0, 0];
  const tolerated = -ROUNDING * Math.max(...terms.map(({ amount }) => Math.abs(amount)));
  return terms.slice(0, -1).every((term) => {
    balance = balance * Math.exp(logGrowth * (term.time - time)) - term.amount;
    ({ time } = term);
    return balance >= tolerated;
  });
}

function signChanges(terms: readonly Payment[]): number {
  return terms.filter(({ amount }, index) => isChange(amount, terms[index - 1]?.amount)).length;
}

function isChange(amount: number, before: number | undefined): boolean {
  return before !== undefined && amount < 0 !== before < 0;
}

/**
 * Returns all solutions, ascending. Between two of them lies a turning point of the present value times any exponential. The
 * exponential is chosen so that the derivative is a present value with one change of sign less (Rolle, Descartes).
 */
function allSolutions(terms: readonly Payment[]): number[] {
  const change = terms.findIndex(({ amount }, index) => isChange(amount, terms[index - 1]?.amount));
  const [before, after] = [terms[change - 1], terms[change]];
  if (!before || !after) return [];
  const shift = (before.time + after.time) / 2;
  const largest = Math.max(...terms.map(({ time, amount }) => Math.abs(amount * (shift - time))));
  const derivative = terms.map(({ time, amount }) => ({ time, amount: (amount * (shift - time)) / largest }));
  return solve(terms, [-MAX_LOG_GROWTH, ...allSolutions(derivative), MAX_LOG_GROWTH]);
}
