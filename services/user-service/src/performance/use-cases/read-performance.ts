import type { AssetId, IsoTime, Price, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { formatUsd } from '@cnop/common/core/money';
import { NotFoundError } from '@cnop/exception/errors';
import { pastPrices } from '../../portfolio/domain/past-prices.ts';
import { chooseFlows } from '../../portfolio/domain/portfolio-history.ts';
import { presentPrice, readAccount } from '../../portfolio/use-cases/read-portfolio.ts';
import type { ReadPastValuesDeps } from '../../portfolio/use-cases/read-portfolio-history.ts';
import {
  readHourlyCloses,
  readPastCandles,
  readPastValues,
} from '../../portfolio/use-cases/read-portfolio-history.ts';
import type { Valuation } from '../domain/cumulated-return.ts';
import { countGifts } from '../domain/cumulated-return.ts';
import { measurePerformance } from '../domain/performance.ts';
import type { PerformancePeriod, PeriodRequest } from '../domain/performance-period.ts';
import { performancePeriod } from '../domain/performance-period.ts';
import { isMidnight } from '../domain/return-statistics.ts';
import { answerOf } from './performance-answer.ts';

interface PerformanceQuery {
  readonly username: Username;
  readonly period: PeriodRequest;
  readonly benchmark: AssetId | undefined;
  /** Whether the answer has the valuations, flows and prices that the figures follow from. */
  readonly withInputs: boolean;
}

/**
 * Measures the performance of a user's portfolio in a period, from the ledger, trades and candles. Nothing is stored for it.
 * @throws NotFoundError (404) without an account, and for an unknown benchmark
 * @see docs/reference/performance.md
 */
export async function readPerformance(
  deps: ReadPastValuesDeps,
  { username, period: request, benchmark, withInputs }: PerformanceQuery,
) {
  const account = await readAccount(deps.store, username);
  const { created_at: createdAt } = account.balance;
  const now = isoTime(deps.clock.now());
  const period = performancePeriod(request, { now, createdAt });
  const { from, to, interval, times } = period;
  const { points, reachesBack, movements } = await readPastValues(deps, account, {
    now,
    times,
    interval,
    chooseSteps: chooseFlows,
    isPrecise: true,
  });
  const valuations = countGifts(
    points.filter(({ at }) => at <= to),
    movements.filter(({ transaction_type }) => transaction_type === 'airdrop'),
  );
  const prices = benchmark && (await readBenchmark(deps, benchmark, { now, valuations, period }));
  const performance = measurePerformance({
    valuations,
    times: new Set([...times, to]),
    createdAt,
    isYounger: period.isYounger,
    isCut: period.isCut || !reachesBack,
    priceAt: prices && ((at) => prices.get(at)),
  });
  return {
    from: valuations[0]?.at ?? from,
    to,
    interval,
    benchmark_asset: benchmark ?? null,
    ...answerOf(performance),
    inputs: withInputs
      ? {
          valuations,
          flows: performance.flows.map(({ at, amount }) => ({ at, amount: formatUsd(amount) })),
          benchmark_prices: [...(prices ?? [])].map(([at, price]) => ({ at, price })),
        }
      : null,
  };
}

interface BenchmarkRequest {
  readonly now: IsoTime;
  readonly valuations: readonly Valuation[];
  readonly period: PerformancePeriod;
}

/** Reads the prices of an asset at the moments of valuations, without those before the first one known. */
async function readBenchmark(
  { assets, quotes, candles: dao }: ReadPastValuesDeps,
  assetId: AssetId,
  { now, valuations, period: { interval, to } }: BenchmarkRequest,
): Promise<Map<IsoTime, Price>> {
  const asset = (await assets.getAssetsByIds([assetId])).get(assetId);
  if (!asset) throw new NotFoundError('The benchmark');
  const times = [...new Set(valuations.map(({ at }) => at))].filter((at) => at < now);
  const candles = times.length > 0 ? await readPastCandles(dao, { assetId, interval, times }) : [];
  const trades = interval === '1d' ? await readHourlyCloses(dao, assetId, oddMoments(times)) : [];
  const present = presentPrice(asset, quotes);
  const prices = pastPrices(times, { candles, trades, presentPrice: present });
  const known = candles[0]?.open_time ?? now;
  const found = new Map<IsoTime, Price>();
  for (const [index, at] of times.entries()) {
    const price = prices[index];
    if (price !== undefined && at >= known) found.set(at, price);
  }
  return to === now ? found.set(now, present) : found;
}

/** Returns the moments that lie within a day: the ends of a period, and flows. */
function oddMoments(times: readonly IsoTime[]): IsoTime[] {
  return times.filter((at) => !isMidnight(at));
}
