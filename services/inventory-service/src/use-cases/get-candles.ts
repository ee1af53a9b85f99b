import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { NotFoundError } from '@cnop/exception/errors';
import type { InventoryDependencies } from './dependencies.ts';

export interface CandleRequest {
  readonly assetId: string;
  readonly interval: CandleInterval;
  /** The earliest and the latest time to open, both inclusive. */
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly limit: number;
}

/**
 * Candles of one asset in the order of time: the first from the start on, or the latest ones when no start is given.
 * @throws NotFoundError (404)
 */
export async function getCandles(
  { assets, candles, market }: Pick<InventoryDependencies, 'assets' | 'candles' | 'market'>,
  { assetId, interval, start, end, limit }: CandleRequest,
): Promise<Candle[]> {
  if (!(await assets.getAsset(assetId))) throw new NotFoundError('The asset');
  const isForward = start !== undefined;
  // Before the store is read: what is written meanwhile is then in one of the two, or in both.
  const recent = market.recentCandles(assetId, interval);
  const stored = await candles.getCandles({
    assetId,
    interval,
    from: start,
    to: end,
    limit,
    order: isForward ? 'ascending' : 'descending',
  });
  const byTime = new Map(stored.map((candle) => [candle.open_time, candle]));
  for (const candle of recent) {
    const { open_time } = candle;
    if ((start ?? '') <= open_time && (end === undefined || open_time <= end)) byTime.set(open_time, candle);
  }
  const found = [...byTime.values()].sort((one, other) => (one.open_time < other.open_time ? -1 : 1));
  return isForward ? found.slice(0, limit) : found.slice(-limit);
}
