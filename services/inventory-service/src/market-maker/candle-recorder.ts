import type { AssetId } from '@cnop/common/core/brands';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { PublicTrade } from '@cnop/common/market/market-data';
import { joinCandles, withQuote } from '../domain/candle-rules.ts';
import type { OpenCandles } from './open-candles.ts';
import {
  changeOpenCandles,
  closeOpenCandles,
  countTrade,
  joinToOpenCandle,
  noOpenCandles,
  resumeOpenCandle,
  settleVolumes,
  takeChangedCandles,
} from './open-candles.ts';

export interface CandleRecorderOptions {
  /** Called with candles whose span is over. */
  readonly onClose: (candles: readonly Candle[]) => void;
}

/** The candles that the store does not have. */
export interface UnwrittenCandles {
  readonly closed: readonly Candle[];
  /** All open candles of the assets of which any changed or closed. */
  readonly open: ReadonlyMap<AssetId, readonly Candle[]>;
}

/** Creates the recorder of candles: it makes candles of every interval from quotes and trades, and keeps unwritten ones. */
export function createCandleRecorder({ onClose }: CandleRecorderOptions) {
  const assets = new Map<AssetId, OpenCandles>();
  const outbox = createCandleOutbox();
  /** Assets whose candles are not to be written yet. */
  const held = new Set<AssetId>();
  let taken: UnwrittenCandles['open'] = new Map();

  const openOf = (assetId: AssetId): OpenCandles => {
    const open = assets.get(assetId) ?? noOpenCandles();
    assets.set(assetId, open);
    return open;
  };

  const openCandleOf = (assetId: AssetId, interval: CandleInterval): Candle | undefined => {
    const open = assets.get(assetId);
    if (open) settleVolumes(open);
    return open?.byInterval.get(interval)?.candle;
  };

  const close = (candles: readonly Candle[]): void => {
    if (candles.length === 0) return;
    outbox.add(candles);
    onClose(candles);
  };

  return {
    /** Continues a stored candle, or closes it when its span is over. */
    resume(stored: Candle, now: Date): void {
      if (stored.final) return;
      const open = openOf(stored.asset_id);
      resumeOpenCandle(open, stored);
      close(closeOpenCandles(open, now.getTime()));
    },

    recordQuote(quote: Quote): void {
      const open = openOf(quote.asset_id);
      open.lastQuote = quote;
      close(changeOpenCandles(open, quote, (candle) => withQuote(candle, quote)));
    },

    /**
     * Adds a trade to the open candles. A trade reported after its span was closed counts to the next span; a trade of an
     * asset without a quote is dropped.
     */
    recordTrade(trade: PublicTrade): void {
      const open = assets.get(trade.asset_id);
      if (open?.lastQuote) close(countTrade(open, open.lastQuote, trade));
    },

    /** Closes the candles whose span is over, even without a new price. */
    closeDue(now: Date): void {
      for (const open of assets.values()) close(closeOpenCandles(open, now.getTime()));
    },

    /** Keeps the candles of an asset in memory until its history is written. */
    hold(assetId: AssetId): void {
      held.add(assetId);
    },

    /** Ends a hold. The open candles of the history are joined to the recorded ones. */
    release(assetId: AssetId, earlier: readonly Candle[]): void {
      held.delete(assetId);
      for (const part of earlier) if (!joinToOpenCandle(openOf(assetId), part)) outbox.join(part);
    },

    /**
     * Takes what changed since the last call. The next call must be `confirmWritten` or `giveBack`.
     * @param hasSheet whether the open candles of an asset can be stored
     */
    takeUnwritten(hasSheet: (assetId: AssetId) => boolean = () => true): UnwrittenCandles {
      const mayWrite = (assetId: AssetId) => !held.has(assetId);
      taken = takeOpenCandles(assets, (assetId) => mayWrite(assetId) && hasSheet(assetId));
      return { closed: outbox.take(mayWrite), open: taken };
    },

    confirmWritten: outbox.confirm,

    /** Keeps the taken candles for the next write, after a write that failed. */
    giveBack(): void {
      outbox.giveBack();
      for (const assetId of taken.keys()) openOf(assetId).isUnwritten = true;
    },

    /** Returns the candles that the store may not have: closed ones that are not written, and the open one. */
    recent(assetId: AssetId, interval: CandleInterval): Candle[] {
      const present = openCandleOf(assetId, interval);
      return [...outbox.candlesOf(assetId, interval), ...(present ? [present] : [])];
    },

    openCandle: openCandleOf,

    /** Drops all candles. */
    clear(): void {
      assets.clear();
      outbox.clear();
      held.clear();
    },
  };
}

function takeOpenCandles(
  assets: ReadonlyMap<AssetId, OpenCandles>,
  mayTake: (assetId: AssetId) => boolean,
): UnwrittenCandles['open'] {
  const taken = new Map<AssetId, readonly Candle[]>();
  for (const [assetId, open] of assets) {
    const changed = mayTake(assetId) ? takeChangedCandles(open) : undefined;
    if (changed) taken.set(assetId, changed);
  }
  return taken;
}

/** Creates the outbox of closed candles that are not known to be stored. */
function createCandleOutbox() {
  let waiting: Candle[] = [];
  /** Candles of a write whose outcome is not known yet. */
  let writing: readonly Candle[] = [];

  return {
    add(candles: readonly Candle[]): void {
      if (candles.length > 0) waiting.push(...candles);
    },

    /** Joins an earlier part to the candle of the same span, or adds it as a candle of its own. */
    join(earlier: Candle): void {
      const at = waiting.findIndex((candle) => isSameSpan(candle, earlier));
      const later = waiting[at];
      if (later) waiting[at] = joinCandles(earlier, later);
      else waiting.push({ ...earlier, final: true });
    },

    /** Takes the candles that may be written. */
    take(mayWrite: (assetId: AssetId) => boolean): readonly Candle[] {
      writing = waiting.filter(({ asset_id }) => mayWrite(asset_id));
      waiting = waiting.filter(({ asset_id }) => !mayWrite(asset_id));
      return writing;
    },

    confirm(): void {
      writing = [];
    },

    /** Takes the candles of a failed write back. */
    giveBack(): void {
      waiting = [...writing, ...waiting];
      writing = [];
    },

    candlesOf(assetId: AssetId, interval: CandleInterval): Candle[] {
      return [...writing, ...waiting].filter(
        (candle) => candle.asset_id === assetId && candle.interval === interval,
      );
    },

    clear(): void {
      waiting = [];
      writing = [];
    },
  };
}

function isSameSpan(one: Candle, other: Candle): boolean {
  return (
    one.asset_id === other.asset_id && one.interval === other.interval && one.open_time === other.open_time
  );
}
