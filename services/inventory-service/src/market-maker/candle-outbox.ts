import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { joinCandles } from '../domain/candle-rules.ts';

/** Candles that are over and not known to be stored. */
export function createCandleOutbox() {
  let waiting: Candle[] = [];
  /** Taken to be written; nobody knows yet whether they are. */
  let writing: readonly Candle[] = [];

  return {
    add(candles: readonly Candle[]): void {
      if (candles.length > 0) waiting.push(...candles);
    },

    /** Joins what came before to the candle of the same span; the part alone is the candle when there is none. */
    join(earlier: Candle): void {
      const at = waiting.findIndex((candle) => isSameSpan(candle, earlier));
      const later = waiting[at];
      if (later) waiting[at] = joinCandles(earlier, later);
      else waiting.push({ ...earlier, final: true });
    },

    /**
     * Takes what may be written, together with candles that are still open.
     * @returns all of it, until it is confirmed or given back
     */
    take(mayWrite: (assetId: string) => boolean, open: readonly Candle[]): readonly Candle[] {
      writing = [...waiting.filter(({ asset_id }) => mayWrite(asset_id)), ...open];
      waiting = waiting.filter(({ asset_id }) => !mayWrite(asset_id));
      return writing;
    },

    confirm(): void {
      writing = [];
    },

    /** @returns the open ones among what was not written */
    giveBack(): Candle[] {
      const open = writing.filter(({ final }) => !final);
      waiting = [...writing.filter(({ final }) => final), ...waiting];
      writing = [];
      return open;
    },

    of(assetId: string, interval: CandleInterval): Candle[] {
      return [...writing, ...waiting].filter(
        (candle) => candle.final && candle.asset_id === assetId && candle.interval === interval,
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
