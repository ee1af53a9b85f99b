import { addSeconds } from '@cnop/common/core/clock';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { candleOpenTime } from '@cnop/common/entities/inventory/candle';
import type { MissedMinute } from '../domain/missed-prices.ts';
import { missedMinute } from '../domain/missed-prices.ts';
import type { EngineParts } from './dependencies.ts';

const INTERVAL = '1m';
/** As long as candles of a minute are kept. */
const MAX_MISSED_SECONDS = 7 * 24 * 60 * 60;

/** The prices of an asset on record from the minute in which they were last acted on. */
export async function readMissedMinutes(
  { assets, candles, checkpoints, clock }: Pick<EngineParts, 'assets' | 'candles' | 'checkpoints' | 'clock'>,
  assetId: string,
): Promise<MissedMinute[]> {
  const asset = await assets.getAsset(assetId);
  if (!asset) return [];
  const checkpoint = await checkpoints.getCheckpoint(assetId);
  const earliest = addSeconds(clock.now(), -MAX_MISSED_SECONDS).toISOString();
  const since = checkpoint && checkpoint.at > earliest ? checkpoint.at : earliest;
  const missed: Candle[] = [];
  let from = candleOpenTime(INTERVAL, since);
  for (;;) {
    const page = await candles.getCandles({
      assetId,
      interval: INTERVAL,
      from,
      limit: MAX_QUERY_LIMIT,
      order: 'ascending',
    });
    const last = page.at(-1);
    if (!last || page.length < MAX_QUERY_LIMIT) {
      missed.push(...page);
      return missed.map((candle) => missedMinute(asset, candle));
    }
    // The bound is inclusive, so the last one comes again with the next page.
    missed.push(...page.slice(0, -1));
    from = last.open_time;
  }
}
