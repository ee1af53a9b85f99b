import type { AssetId } from '@cnop/common/core/brands';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Lookups } from './lookups.ts';
import { readAs } from './lookups.ts';
import { checkOver, checkParts, partsOf } from './rules/candles.ts';
import type { Reading, StoredOf } from './stored-kinds.ts';
import type { Findings } from './violation.ts';

export interface CandleWalkDeps {
  readonly findings: Findings;
  readonly lookups: Lookups;
  readonly now: Date;
}

/** Checks all candles while the inventory table is read. */
export interface CandleWalk {
  /** Takes the next item of the table. */
  visit(reading: Reading): Promise<void>;
  /** The key of the first candle of each asset id, for the check that the asset exists. */
  firstOfAssets(): ReadonlyMap<AssetId, ItemKey>;
}

/** Follows the candles of each asset and interval in the order of time, with the last one in memory. */
export function createCandleWalk({ findings, lookups, now }: CandleWalkDeps): CandleWalk {
  const firsts = new Map<AssetId, ItemKey>();
  let last: StoredOf<'candle'> | undefined;

  async function lookUpParts(candle: StoredOf<'candle'>): Promise<void> {
    const parts = partsOf(candle.entity, now);
    if (parts.length === 0) return;
    await lookups.ask({
      keys: parts.map(candleRecord.key),
      check(items) {
        const present = items
          .map((item) => readAs('candle', item))
          .filter((part) => typeof part === 'object');
        // A missing candle means that no prices were recorded then, so the others do not make up the whole.
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
      await lookUpParts(candle);
    },
    firstOfAssets: () => firsts,
  };
}
