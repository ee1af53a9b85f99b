import { DiskFullError } from '@cnop/common/database/store-errors';
import type { TableStore } from '@cnop/common/database/table-store';
import { takesWrites } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import { createRepeater } from '@cnop/common/scheduling/repeater';
import { hasRecordedCandles, pastCandles } from '../domain/past-candles.ts';
import type { Desk } from '../market-maker/desk.ts';
import type { StoredCandles } from '../market-maker/load-candles.ts';
import type { RandomSource } from '../price-feed/simulated-feed.ts';
import { writeCandles } from './write-candles.ts';

const PROGRESS_EVERY_ASSETS = 10;
/** Until what the store did not take is tried again. */
const RETRY_MILLISECONDS = 10_000;

export interface HistoryFillerOptions {
  readonly store: TableStore;
  readonly desk: Desk;
  readonly logger: ServiceRuntime['logger'];
  /** Absent when no history shall be made. */
  readonly random: RandomSource | undefined;
}

/** Makes up the history of assets whose prices were never recorded, while their recording has begun already. */
export function createHistoryFiller({ store, desk, logger, random }: HistoryFillerOptions) {
  let unrecorded: readonly Asset[] = [];
  let until = new Date(0);

  /** Makes and writes what is missing, one asset after the other. */
  const fillMissing = async (): Promise<void> => {
    const total = unrecorded.length;
    if (!random || total === 0) return;
    logger.info({ assets: total }, 'making up the history of prices');
    for (const asset of unrecorded) {
      const draw = random.stream(`${asset.asset_id}:past`);
      const candles = pastCandles({ draw, asset, price: asset.current_price, until });
      await writeCandles(
        store,
        candles.filter(({ final }) => final),
      );
      // Another process makes the prices meanwhile: it begins with this asset again.
      if (!unrecorded.includes(asset)) return;
      unrecorded = unrecorded.filter((other) => other !== asset);
      desk.addPast(asset.asset_id, candles);
      const done = total - unrecorded.length;
      if (done % PROGRESS_EVERY_ASSETS === 0) logger.info({ done, total }, 'history of prices');
    }
  };

  const filling = createRepeater({
    everyMilliseconds: RETRY_MILLISECONDS,
    async act() {
      if (!takesWrites(store)) return;
      try {
        await fillMissing();
      } catch (err) {
        // The store has said so, once.
        if (!(err instanceof DiskFullError)) logger.warn({ err }, 'the history of prices could not be made');
      }
    },
  });

  const forget = (): void => {
    unrecorded = [];
  };

  return {
    /** Notes which assets need a history, at the moment when recording begins. */
    expect(assets: readonly Asset[], stored: readonly StoredCandles[], now: Date): void {
      if (!random) return;
      until = now;
      unrecorded = assets.filter((asset, i) => !hasRecordedCandles(asset, stored[i]?.latest ?? []));
      // A recorded candle says that the history is whole, so none is written before it is.
      for (const { asset_id } of unrecorded) desk.recorder.hold(asset_id);
    },

    /** Makes and writes what is missing, and tries again later what could not be written. */
    async fill(): Promise<void> {
      filling.start();
      await filling.run();
    },

    /** Gives up what is missing, as soon as it can: another process makes the prices. */
    forget,

    async stop(): Promise<void> {
      forget();
      await filling.stop();
    },
  };
}
