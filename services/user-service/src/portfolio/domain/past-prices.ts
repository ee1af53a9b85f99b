import type { IsoTime, Price } from '@cnop/common/core/brands';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';

/** The recorded prices of one asset. */
export interface PriceRecord {
  /** Candles of one interval, oldest first. */
  readonly candles: readonly Candle[];
  /** The user's own trades, the best known prices between two candles. */
  readonly trades: readonly Pick<AssetTransaction, 'timestamp' | 'price'>[];
  readonly presentPrice: Price;
}

/**
 * Returns the price of an asset at each moment: the close of the last candle that had ended, or the price of a later trade.
 * Before all of them it is the open of the first candle, and without candles the present price.
 * @param times oldest first
 */
export function pastPrices(
  times: readonly IsoTime[],
  { candles, trades, presentPrice }: PriceRecord,
): Price[] {
  const known = [
    ...candles.map((candle) => ({ at: endOf(candle), price: candle.close })),
    ...trades.map(({ timestamp, price }) => ({ at: Date.parse(timestamp), price })),
  ].toSorted((a, b) => a.at - b.at);
  let price = candles[0]?.open ?? presentPrice;
  let next = 0;
  return times.map((time) => {
    for (let one = known[next]; one && one.at <= Date.parse(time); one = known[next]) {
      price = one.price;
      next += 1;
    }
    return price;
  });
}

function endOf({ open_time, interval }: Candle): number {
  return Date.parse(open_time) + CANDLE_SECONDS[interval] * 1_000;
}
