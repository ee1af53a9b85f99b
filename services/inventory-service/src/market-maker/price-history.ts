import type { AssetId } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { candleRecord, createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { MAX_TRANSACTION_ITEMS, takesWrites } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import { warnOfFailure } from '@cnop/common/process/report-store';
import { createRepeater } from '@cnop/common/scheduling/repeater';
import { hasRecordedCandles, pastCandles } from '../domain/past-candles.ts';
import type { RandomSource } from '../price-feed/simulated-feed.ts';
import type { LiveMarket, StoredCandles } from './live-market.ts';

export interface LoadHistoryOptions {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Called after each asset, with the number of its candles. */
  readonly onAsset: (assetId: AssetId, candles: number) => void;
}

/**
 * Generates and stores the history of every asset without recorded prices. Call it only while no server makes prices, since
 * a server that begins to record meanwhile would interfere.
 * @returns the number of assets that got a history
 * @throws UnavailableError (503) when the store fails
 */
export async function loadHistory({ store, clock, random, onAsset }: LoadHistoryOptions): Promise<number> {
  const candleDao = createCandleDao(store);
  const until = clock.now();
  let loaded = 0;
  for (const asset of await createAssetDao(store).getAssets()) {
    const { asset_id: assetId, current_price: price } = asset;
    const latest = await candleDao.getCandles({ assetId, interval: '1d', limit: 1, order: 'descending' });
    if (hasRecordedCandles(asset, latest)) continue;
    const candles = pastCandles({ draw: random.stream(`${assetId}:past`), asset, price, until });
    // Candles that are not final mean that the history is complete, so they are written last.
    const inOrder = [...candles.filter(({ final }) => final), ...candles.filter(({ final }) => !final)];
    await writeCandles(store, inOrder);
    onAsset(assetId, candles.length);
    loaded += 1;
  }
  return loaded;
}

const PROGRESS_EVERY_ASSETS = 10;
/** The pause before failed writes are tried again. */
const RETRY_MILLISECONDS = 10_000;

export interface HistoryFillerOptions {
  readonly store: TableStore;
  readonly live: LiveMarket;
  readonly logger: ServiceRuntime['logger'];
  /** Without it no history is generated. */
  readonly random: RandomSource | undefined;
}

/** Creates the filler that generates and stores the history of unrecorded assets while their recording has begun. */
export function createHistoryFiller({ store, live, logger, random }: HistoryFillerOptions) {
  let unrecorded: readonly Asset[] = [];
  let until = new Date(0);

  /** Generates and stores the missing histories, one asset after the other. */
  const fillMissing = async (): Promise<void> => {
    const total = unrecorded.length;
    if (!random || total === 0) return;
    logger.info({ assets: total }, 'generating the price history');
    for (const asset of unrecorded) {
      const draw = random.stream(`${asset.asset_id}:past`);
      const candles = pastCandles({ draw, asset, price: asset.current_price, until });
      await writeCandles(
        store,
        candles.filter(({ final }) => final),
      );
      // Abandoned meanwhile: the next leader generates this asset's history again.
      if (!unrecorded.includes(asset)) return;
      unrecorded = unrecorded.filter((other) => other !== asset);
      live.addHistory(asset.asset_id, candles);
      const done = total - unrecorded.length;
      if (done % PROGRESS_EVERY_ASSETS === 0 || done === total)
        logger.info({ done, total }, 'generating the price history: progress');
    }
  };

  const filling = createRepeater({
    everyMilliseconds: RETRY_MILLISECONDS,
    async act() {
      if (!takesWrites(store)) return;
      try {
        await fillMissing();
      } catch (err) {
        warnOfFailure(logger, { err }, 'generating the price history failed');
      }
    },
  });

  const abandon = (): void => {
    unrecorded = [];
  };

  return {
    /** Determines which assets need a history. Call it when recording begins. */
    prepare(assets: readonly Asset[], stored: readonly StoredCandles[], now: Date): void {
      if (!random) return;
      until = now;
      unrecorded = assets.filter((asset, i) => !hasRecordedCandles(asset, stored[i]?.latest ?? []));
      // A stored recorded candle means that the history is complete, so recorded ones are held back until then.
      for (const { asset_id } of unrecorded) live.recorder.hold(asset_id);
    },

    /** Generates and stores missing histories; failed writes are tried again in the background. */
    async fill(): Promise<void> {
      filling.start();
      await filling.run();
    },

    /** Stops generating after the current asset, since another instance makes prices now. */
    abandon,

    async stop(): Promise<void> {
      abandon();
      await filling.stop();
    },
  };
}

/** Writes candles, replacing stored ones, in small commits so that orders do not wait. */
async function writeCandles(store: TableStore, candles: readonly Candle[]): Promise<void> {
  for (let i = 0; i < candles.length; i += MAX_TRANSACTION_ITEMS) {
    const some = candles.slice(i, i + MAX_TRANSACTION_ITEMS);
    const reads = Object.fromEntries(some.map((candle, at) => [`candle${at}`, candleRecord.key(candle)]));
    await store.transact(reads, () => ({ writes: some.map(candleRecord.replace), result: undefined }));
  }
}
