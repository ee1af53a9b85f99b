import type { Candle } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';

/**
 * The price of an asset at some moments: the close of the last candle that was over by then. Before the first candle it
 * is where that one opened, and without any the present price.
 * @param times oldest first
 * @param candles of one interval, oldest first
 */
export function pastPrices(
  times: readonly string[],
  candles: readonly Candle[],
  presentPrice: string,
): string[] {
  let price = candles[0]?.open ?? presentPrice;
  let next = 0;
  return times.map((at) => {
    for (let candle = candles[next]; candle && endOf(candle) <= Date.parse(at); candle = candles[next]) {
      price = candle.close;
      next += 1;
    }
    return price;
  });
}

function endOf({ open_time, interval }: Candle): number {
  return Date.parse(open_time) + CANDLE_SECONDS[interval] * 1_000;
}
