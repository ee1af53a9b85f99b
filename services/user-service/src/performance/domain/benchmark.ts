import type { IsoTime, Price } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import type { GrowthPoint } from './cumulated-return.ts';
import { RATE_SCALE, rateBetween, roundedRate } from './cumulated-return.ts';
import type { FigureOfReturn } from './figure-of-return.ts';
import { figure, noFigure } from './figure-of-return.ts';
import type { SpanReturn } from './return-statistics.ts';
import { annualVolatility, correlation, MIN_DAILY_RETURNS } from './return-statistics.ts';

/** Returns the price of an asset in USD at a moment; undefined before the first one known. */
export type PriceAt = (at: IsoTime) => Price | undefined;

/** Steps of a rate with all digits between zero and one. */
const RATE_STEPS = 10 ** RATE_SCALE;

/** A portfolio next to an asset that was bought when the portfolio was funded, and held. */
export interface BenchmarkComparison {
  readonly rate: FigureOfReturn;
  /** The return of the portfolio minus that of the asset. */
  readonly alpha: FigureOfReturn;
  /** Of daily returns. */
  readonly correlation: FigureOfReturn;
  /** The annualised volatility of the daily differences. */
  readonly trackingError: FigureOfReturn;
}

/**
 * Compares a portfolio with an asset.
 * @param funded the growth of the portfolio since it was funded
 * @param days its daily returns
 */
export function compareWithBenchmark(
  funded: readonly GrowthPoint[],
  days: readonly SpanReturn[],
  priceAt: PriceAt,
): BenchmarkComparison {
  const [first, last] = [funded[0], funded.at(-1)];
  if (!first || !last) {
    const none = noFigure('no_capital');
    return { rate: none, alpha: none, correlation: none, trackingError: none };
  }
  const rate = priceRate(priceAt, first.at, last.at);
  if (rate === null) {
    const none = noFigure('no_prices');
    return { rate: none, alpha: none, correlation: none, trackingError: none };
  }
  const own = rateBetween(first.growth, last.growth) ?? 0;
  const alpha = figure(Math.round((own - rate) * RATE_STEPS) / RATE_STEPS);
  if (days.length < MIN_DAILY_RETURNS) {
    const none = noFigure('too_few_days');
    return { rate: figure(rate), alpha, correlation: none, trackingError: none };
  }
  const ownRates = days.map((day) => day.rate ?? 0);
  const rates = days.map(({ start, end }) => priceRate(priceAt, start.at, end.at) ?? 0);
  const correlated = correlation(ownRates, rates);
  const differences = ownRates.map((own, index) => own - (rates[index] ?? 0));
  return {
    rate: figure(rate),
    alpha,
    correlation: correlated === null ? noFigure('no_variation') : figure(correlated),
    trackingError: figure(annualVolatility(differences)),
  };
}

/** Returns the return of an asset between two moments; null without a price at the first one. */
export function priceRate(priceAt: PriceAt, from: IsoTime, to: IsoTime): number | null {
  const [start, end] = [priceAt(from), priceAt(to)];
  if (start === undefined || end === undefined) return null;
  return roundedRate(decimal(end).minus(start).div(decimal(start)));
}
