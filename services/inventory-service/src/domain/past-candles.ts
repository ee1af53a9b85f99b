import type { Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { formatQuantity, ZERO } from '@cnop/common/core/money';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS, candleOpenTime } from '@cnop/common/entities/inventory/candle';
import { aggregateCandles, CANDLE_INTERVALS } from './candle-rules.ts';
import type { WalkedAsset } from './random-walk.ts';
import { deviationOver, pegOf, pegPull, publishedPrice } from './random-walk.ts';

/** The number of final candles of each interval in a generated history. */
const PAST_CANDLES: Readonly<Record<CandleInterval, number>> = {
  '1m': 120,
  '5m': 144,
  '15m': 96,
  '1h': 168,
  '1d': 365,
};
/** The deviation of the high and low of a candle, as a share of the deviation between candles. */
const WICK_SHARE = 0.5;

/** The parameters of a generated history. */
export interface PastOptions {
  /** Draws from the standard normal distribution. */
  readonly draw: () => number;
  readonly asset: WalkedAsset;
  /** The closing price of the history, in USD per unit. */
  readonly price: Price;
  /** The end of the history, which is cut to the minute. */
  readonly until: Date;
}

/**
 * Generates the history of an asset that ends at a price; the same draws give the same history. It runs backwards, in
 * minutes for the last hours and in longer steps before. Each longer interval is aggregated from the shorter one as far as
 * that reaches, so all intervals agree. Candles whose span is not over at the end are not final.
 */
export function pastCandles({ draw, asset, price, until }: PastOptions): Candle[] {
  const end = Date.parse(candleOpenTime('1m', isoTime(until)));
  const generate = createBackwardsWalk(draw, asset, Number(price));
  const history: Candle[] = [];
  let finer: Candle[] = [];
  let to = end;
  for (const [i, interval] of CANDLE_INTERVALS.entries()) {
    const from = beginningOf(interval, CANDLE_INTERVALS[i + 1] ?? interval, end);
    finer = [...generate(interval, from, to), ...aggregateCandles(interval, finer)];
    const final = finer.filter((candle) => candle.final);
    history.push(...final.slice(-PAST_CANDLES[interval]), ...finer.filter((candle) => !candle.final));
    to = from;
  }
  return history;
}

/**
 * Returns whether candles of an asset were recorded, judged by its latest ones. A generated history ends when recording
 * begins, so only recorded prices make a candle of the day on which the asset was added, or of a later day.
 */
export function hasRecordedCandles(
  { created_at }: Pick<Asset, 'created_at'>,
  latest: readonly Candle[],
): boolean {
  const firstDay = candleOpenTime('1d', created_at);
  return latest.some(({ interval, open_time }) => interval === '1d' && open_time >= firstDay);
}

/** Returns the beginning of an interval's candles, aligned to the next longer interval; milliseconds since the epoch. */
function beginningOf(interval: CandleInterval, longer: CandleInterval, end: number): number {
  const earliest = end - PAST_CANDLES[interval] * CANDLE_SECONDS[interval] * 1_000;
  return Date.parse(candleOpenTime(longer, isoTime(new Date(earliest))));
}

/** Creates a generator of stretches: each ends at the price where the stretch before began, and is in the order of time. */
function createBackwardsWalk(draw: () => number, asset: WalkedAsset, lastPrice: number) {
  const peg = pegOf(asset, lastPrice);
  let price = lastPrice;
  const publish = (value: number) => publishedPrice(value, asset.price_scale);

  return (interval: CandleInterval, from: number, to: number): Candle[] => {
    const seconds = CANDLE_SECONDS[interval];
    const deviation = deviationOver(asset, seconds);
    const candles: Candle[] = [];
    for (let openTime = to - seconds * 1_000; openTime >= from; openTime -= seconds * 1_000) {
      const close = price;
      const pull = peg === undefined ? 0 : pegPull(seconds) * Math.log(peg / close);
      const open = close * Math.exp(pull + deviation * draw());
      const wick = () => Math.exp(WICK_SHARE * deviation * Math.abs(draw()));
      candles.push({
        asset_id: asset.asset_id,
        interval,
        open_time: isoTime(new Date(openTime)),
        open: publish(open),
        high: publish(Math.max(open, close) * wick()),
        low: publish(Math.min(open, close) / wick()),
        close: publish(close),
        volume: formatQuantity(ZERO),
        final: true,
        source: 'simulated',
        quotes: null,
      });
      price = open;
    }
    return candles.reverse();
  };
}
