import type { AssetId, Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { addSeconds, MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { decimal, formatPrice } from '@cnop/common/core/money';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { Candle, CandleQuote } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS, candleOpenTime } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { EngineParts } from './engine-parts.ts';

/** Stores how far the quotes of one asset are processed, for the next start. */
export interface CheckpointWriter {
  /** Notes that everything up to a quote is processed. */
  note(quote: Quote): void;
  /** Stores the checkpoint, if it changed and the asset has open orders. */
  save(): Promise<void>;
}

/** Creates the writer of the checkpoint of one asset. */
export function createCheckpointWriter(
  assetId: AssetId,
  { triggerIndex, checkpoints }: Pick<EngineParts, 'triggerIndex' | 'checkpoints'>,
): CheckpointWriter {
  let latest: Quote | undefined;
  let storedSeq = -1;
  return {
    note(quote) {
      latest = quote;
    },
    async save() {
      if (!latest || latest.seq <= storedSeq || (await triggerIndex.isEmpty(assetId))) return;
      const { seq, at } = latest;
      await checkpoints.advance({ asset_id: assetId, seq, at });
      storedSeq = seq;
    },
  };
}

const INTERVAL = '1m';
/** The retention of one-minute candles. */
const MAX_MISSED_SECONDS = 7 * 24 * 60 * 60;

/** Reads the quotes of an asset on record since the minute of its checkpoint, in the order of their `seq`. */
export async function readRecordedQuotes(
  { candles, checkpoints, clock }: Pick<EngineParts, 'candles' | 'checkpoints' | 'clock'>,
  assetId: AssetId,
): Promise<Quote[]> {
  const checkpoint = await checkpoints.getCheckpoint(assetId);
  const earliest = isoTime(addSeconds(clock.now(), -MAX_MISSED_SECONDS));
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
    // The bound is inclusive: the last candle comes again with the next page.
    missed.push(...page.slice(0, -1));
    from = last.open_time;
  }
}

/**
 * Returns the quotes that a candle proves, in the order of their `seq`: those of its lowest, highest and last price. A
 * candle without quotes proves none.
 */
function recordedQuotes(candle: Candle): Quote[] {
  const { quotes, low, high, close } = candle;
  if (!quotes) return [];
  const recorded = [
    quoteOf(candle, low, quotes.low),
    quoteOf(candle, high, quotes.high),
    quoteOf(candle, close, quotes.close),
  ];
  const bySeq = new Map(recorded.map((quote) => [quote.seq, quote]));
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

function quoteOf(
  { asset_id, interval, open_time, source }: Candle,
  mid: Price,
  { seq, bid }: CandleQuote,
): Quote {
  const opensAt = Date.parse(open_time);
  const lastMillisecond = opensAt + CANDLE_SECONDS[interval] * MILLISECONDS_PER_SECOND - 1;
  // The `seq` is the time of the quote, unless it ran ahead of the clock.
  const at = isoTime(new Date(Math.min(Math.max(seq, opensAt), lastMillisecond)));
  // The mid is halfway between bid and ask.
  const ask = formatPrice(decimal(mid).plus(mid).minus(bid));
  return { asset_id, bid, ask, mid, at, source, seq };
}
