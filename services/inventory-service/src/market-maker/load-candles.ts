import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';
import { CANDLE_INTERVALS } from '../domain/candle-rules.ts';
import { DAY_STEP, dayStart } from '../domain/day-statistics.ts';

/** Those of a day and two more: the one that is open and the one it is cut at. */
const MAX_DAY_STEPS = (24 * 60 * 60) / CANDLE_SECONDS[DAY_STEP] + 2;
/** Assets whose candles are read at the same time. */
const ASSETS_READ_AT_ONCE = 10;

export interface StoredCandles {
  /** The latest candle of each interval that has one. */
  readonly latest: readonly Candle[];
  /** What the statistics of the last 24 hours are made of. */
  readonly day: readonly Candle[];
}

/** What a recorder needs to go on where the last one ended, for each of the assets. */
export async function loadCandles(
  candles: CandleDao,
  assets: readonly Asset[],
  now: Date,
): Promise<StoredCandles[]> {
  const loaded: StoredCandles[] = [];
  for (let i = 0; i < assets.length; i += ASSETS_READ_AT_ONCE) {
    const some = assets.slice(i, i + ASSETS_READ_AT_ONCE);
    loaded.push(...(await Promise.all(some.map(({ asset_id }) => loadAsset(candles, asset_id, now)))));
  }
  return loaded;
}

async function loadAsset(candles: CandleDao, assetId: string, now: Date): Promise<StoredCandles> {
  const [day, ...latest] = await Promise.all([
    candles.getCandles({
      assetId,
      interval: DAY_STEP,
      from: new Date(dayStart(now.getTime())).toISOString(),
      limit: MAX_DAY_STEPS,
      order: 'ascending',
    }),
    ...CANDLE_INTERVALS.map(async (interval) =>
      candles.getCandles({ assetId, interval, limit: 1, order: 'descending' }),
    ),
  ]);
  return { day, latest: latest.flat() };
}
