import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS, candleOpenTime } from '@cnop/common/entities/inventory/candle';
import { aggregateCandles, CANDLE_INTERVALS } from './candle-rules.ts';
import type { WalkedAsset } from './random-walk.ts';
import { deviationOver, pegOf, pegPull, publishedPrice } from './random-walk.ts';

/** How many candles of each interval an asset is given that has none. */
const PAST_CANDLES: Readonly<Record<CandleInterval, number>> = {
  '1m': 120,
  '5m': 144,
  '15m': 96,
  '1h': 168,
  '1d': 365,
};
/** How far a price strays within a candle, as a part of how far it goes from one to the next. */
const STRAY = 0.5;

export interface Past {
  /** Draws from the standard normal distribution. */
  readonly draw: () => number;
  readonly asset: WalkedAsset;
  /** What the history ends at, in USD per unit. */
  readonly price: string;
  /** When it ends, cut to the minute. */
  readonly until: Date;
}

/**
 * A made-up history of an asset that ends at a price, the same for the same draws. It is told backwards, in minutes for
 * the last hours and in longer steps before; every longer interval is put together from the shorter one as far as that
 * goes, so all intervals tell the same story. The spans that are not over at the end are not final.
 */
export function pastCandles({ draw, asset, price, until }: Past): Candle[] {
  const end = Date.parse(candleOpenTime('1m', until.toISOString()));
  const backwards = tellBackwards(draw, asset, Number(price));
  const told: Candle[] = [];
  let finer: Candle[] = [];
  let to = end;
  for (const [i, interval] of CANDLE_INTERVALS.entries()) {
    const from = beginningOf(interval, CANDLE_INTERVALS[i + 1] ?? interval, end);
    finer = [...backwards(interval, from, to), ...aggregateCandles(interval, finer)];
    const final = finer.filter((candle) => candle.final);
    told.push(...final.slice(-PAST_CANDLES[interval]), ...finer.filter((candle) => !candle.final));
    to = from;
  }
  return told;
}

/**
 * Whether candles of an asset were recorded, to go by its latest ones: a history ends when recording begins, so only what
 * is recorded makes a candle of the day the asset was added, or of a later one.
 */
export function hasRecordedCandles(
  { created_at }: Pick<Asset, 'created_at'>,
  latest: readonly Candle[],
): boolean {
  const firstDay = candleOpenTime('1d', created_at);
  return latest.some(({ interval, open_time }) => interval === '1d' && open_time >= firstDay);
}

/** Where the candles of an interval begin: where one of the next longer interval does. */
function beginningOf(interval: CandleInterval, longer: CandleInterval, end: number): number {
  const earliest = end - PAST_CANDLES[interval] * CANDLE_SECONDS[interval] * 1_000;
  return Date.parse(candleOpenTime(longer, new Date(earliest).toISOString()));
}

/** Tells one stretch after the other, each ending where the last one told begins; each in the order of time. */
function tellBackwards(draw: () => number, asset: WalkedAsset, lastPrice: number) {
  const peg = pegOf(asset, lastPrice);
  let price = lastPrice;
  const show = (value: number) => publishedPrice(value, asset.price_scale);

  return (interval: CandleInterval, from: number, to: number): Candle[] => {
    const seconds = CANDLE_SECONDS[interval];
    const deviation = deviationOver(asset, seconds);
    const candles: Candle[] = [];
    for (let openTime = to - seconds * 1_000; openTime >= from; openTime -= seconds * 1_000) {
      const close = price;
      const pull = peg === undefined ? 0 : pegPull(seconds) * Math.log(peg / close);
      const open = close * Math.exp(pull + deviation * draw());
      const stray = () => Math.exp(STRAY * deviation * Math.abs(draw()));
      candles.push({
        asset_id: asset.asset_id,
        interval,
        open_time: new Date(openTime).toISOString(),
        open: show(open),
        high: show(Math.max(open, close) * stray()),
        low: show(Math.min(open, close) / stray()),
        close: show(close),
        volume: '0',
        final: true,
        source: 'simulated',
        quotes: null,
      });
      price = open;
    }
    return candles.reverse();
  };
}
