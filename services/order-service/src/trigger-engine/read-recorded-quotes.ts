import { addSeconds } from '@cnop/common/core/clock';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { candleOpenTime } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { recordedQuotes } from '../domain/missed-prices.ts';
import type { EngineParts } from './dependencies.ts';

const INTERVAL = '1m';
/** As long as candles of a minute are kept. */
const MAX_MISSED_SECONDS = 7 * 24 * 60 * 60;

/** Reads the quotes of an asset that are on record, in the order of their `seq`, from the minute in which prices were last acted on. */
export async function readRecordedQuotes(
  { candles, checkpoints, clock }: Pick<EngineParts, 'candles' | 'checkpoints' | 'clock'>,
  assetId: string,
): Promise<Quote[]> {
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
      return missed.flatMap(recordedQuotes).sort((one, other) => one.seq - other.seq);
    }
    // The bound is inclusive, so the last one comes again with the next page.
    missed.push(...page.slice(0, -1));
    from = last.open_time;
  }
}
