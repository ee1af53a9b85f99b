import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { PublicTrade } from '@cnop/common/market/trade-feed';
import { withQuote } from '../domain/candle-rules.ts';
import { createCandleOutbox } from './candle-outbox.ts';
import type { OpenCandles } from './open-candles.ts';
import {
  changeOpenCandles,
  closeOpenCandles,
  countTrade,
  joinToOpenCandle,
  markUnwritten,
  noOpenCandles,
  resumeOpenCandle,
  settleVolumes,
  takeChangedCandles,
} from './open-candles.ts';

export interface CandleRecorderOptions {
  /** Told of candles whose span is over. */
  readonly onClose: (candles: readonly Candle[]) => void;
}

/** Makes candles of every interval out of quotes and trades, and keeps what is not written yet. */
export function createCandleRecorder({ onClose }: CandleRecorderOptions) {
  const assets = new Map<string, OpenCandles>();
  const outbox = createCandleOutbox();
  /** Assets whose candles must not be written yet. */
  const held = new Set<string>();

  const openOf = (assetId: string): OpenCandles => {
    const open = assets.get(assetId) ?? noOpenCandles();
    assets.set(assetId, open);
    return open;
  };

  const presentOf = (assetId: string, interval: CandleInterval): Candle | undefined => {
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
    /** Goes on with a stored candle; one whose span is over meanwhile is closed. */
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
     * Counts a trade. One that is reported after its span was closed counts to the next; one of an asset without any
     * price is nobody's.
     */
    recordTrade(trade: PublicTrade): void {
      const open = assets.get(trade.asset_id);
      if (open?.lastQuote) close(countTrade(open, open.lastQuote, trade));
    },

    /** Closes the candles whose span is over, whether another price came or not. */
    closeDue(now: Date): void {
      for (const open of assets.values()) close(closeOpenCandles(open, now.getTime()));
    },

    /** Keeps an asset's candles in memory until what was before them is written. */
    hold(assetId: string): void {
      held.add(assetId);
    },

    /** Ends that; the parts of spans that came before what was recorded are joined to it. */
    release(assetId: string, earlier: readonly Candle[]): void {
      held.delete(assetId);
      for (const part of earlier) if (!joinToOpenCandle(openOf(assetId), part)) outbox.join(part);
    },

    /** Everything that changed since it was last taken. The next call is `confirmWritten` or `giveBack`. */
    takeUnwritten(): readonly Candle[] {
      const mayWrite = (assetId: string) => !held.has(assetId);
      const open = [...assets].flatMap(([id, candles]) => (mayWrite(id) ? takeChangedCandles(candles) : []));
      return outbox.take(mayWrite, open);
    },

    confirmWritten: outbox.confirm,

    giveBack(): void {
      for (const { asset_id, interval } of outbox.giveBack()) markUnwritten(openOf(asset_id), interval);
    },

    /** What the store may not have: the open candle of an interval, and those that closed a moment ago. */
    recent(assetId: string, interval: CandleInterval): Candle[] {
      const present = presentOf(assetId, interval);
      return [...outbox.of(assetId, interval), ...(present ? [present] : [])];
    },

    openCandle: presentOf,

    /** Forgets everything: another process goes on. */
    clear(): void {
      assets.clear();
      outbox.clear();
      held.clear();
    },
  };
}
