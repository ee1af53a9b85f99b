import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Findings } from './findings.ts';
import type { Lookups } from './lookups.ts';
import { found } from './lookups.ts';
import { checkOver, checkParts, partsOf } from './rules/candle.ts';
import type { Reading, StoredOf } from './stored-kinds.ts';

export interface CandleWalkDeps {
  readonly findings: Findings;
  readonly lookups: Lookups;
  readonly now: Date;
}

export interface CandleWalk {
  visit(reading: Reading): Promise<void>;
  /** The first candle of each asset, for whoever knows the assets. */
  firstOfAssets(): ReadonlyMap<string, ItemKey>;
}

/** Follows the candles of one asset and interval after the other, in the order of time, with the last one in memory. */
export function createCandleWalk({ findings, lookups, now }: CandleWalkDeps): CandleWalk {
  const firsts = new Map<string, ItemKey>();
  let last: StoredOf<'candle'> | undefined;

  async function askForParts(candle: StoredOf<'candle'>): Promise<void> {
    const parts = partsOf(candle.entity, now);
    if (parts.length === 0) return;
    await lookups.ask({
      keys: parts.map(candleRecord.key),
      judge(items) {
        const present = items.map((item) => found('candle', item)).filter((part) => typeof part === 'object');
        // Where one is missing nobody recorded prices, and the others do not make up the whole.
        return present.length === parts.length ? checkParts(candle, present) : [];
      },
    });
  }

  return {
    async visit(reading) {
      if (reading.outcome !== 'read' || reading.stored.kind !== 'candle') return;
      const candle = reading.stored;
      const { asset_id } = candle.entity;
      if (!firsts.has(asset_id)) firsts.set(asset_id, candle.key);
      if (last?.key.pk === candle.key.pk) findings.add(checkOver(last));
      last = candle;
      await askForParts(candle);
    },
    firstOfAssets: () => firsts,
  };
}
