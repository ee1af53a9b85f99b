import type { Clock } from '@cnop/common/core/clock';
import { addSeconds } from '@cnop/common/core/clock';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { createFeedLeaseDao } from '@cnop/common/dao/inventory/feed-lease-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { storedQuoteOf } from '@cnop/common/entities/inventory/quote';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import type { WritableQuoteBoard } from '@cnop/common/market/quote-board';
import type { createHistoryFiller } from '../history/history-filler.ts';
import type { Desk } from './desk.ts';
import { createLeadership } from './leadership.ts';
import { loadCandles } from './load-candles.ts';

/** How often the lease is renewed, or asked for where another process has it: three chances before it runs out. */
const SEEK_EVERY_SECONDS = 3;
/** How long a change of the catalogue by another process may go unnoticed. */
const READ_ASSETS_EVERY_MILLISECONDS = 1_000;

export interface DutyOptions {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly logger: ServiceRuntime['logger'];
  readonly board: WritableQuoteBoard;
  readonly holder: string;
  readonly desk: Desk;
  readonly history: ReturnType<typeof createHistoryFiller>;
}

/** Whose turn it is to make prices: opens the desk when it is ours, and shows what others store when it is not. */
export function createDuty({ store, clock, logger, board, holder, desk, history }: DutyOptions) {
  const assetDao = createAssetDao(store);
  const candleDao = createCandleDao(store);
  const leadership = createLeadership({ leases: createFeedLeaseDao(store), clock, holder });
  let isMaking = false;
  let nextSeek = clock.now();
  let nextRead = clock.now();

  const begin = async (): Promise<void> => {
    const now = clock.now();
    const assets = await assetDao.getAssets();
    const candles = await loadCandles(candleDao, assets, now);
    desk.open(assets, candles, leadership.firstSeq());
    history.expect(assets, candles, now);
    isMaking = true;
    logger.info({ assets: assets.length }, 'making prices');
  };

  const end = async (): Promise<void> => {
    isMaking = false;
    history.forget();
    await desk.close();
    logger.info('making no prices any more');
  };

  return {
    end,

    /** Whether this process may make prices at this moment. */
    mayMake: (): boolean => isMaking && leadership.isLeading(),

    /** Takes or renews the lease when it is time to, and acts on the outcome. */
    async seekLease(): Promise<void> {
      const now = clock.now();
      if (now < nextSeek && leadership.isLeading() === isMaking) return;
      nextSeek = addSeconds(now, SEEK_EVERY_SECONDS);
      const wasOurs = await leadership.seek(desk.book.lastSeq());
      if (isMaking && !(leadership.isLeading() && wasOurs)) await end();
      if (leadership.isLeading() && !isMaking) await begin();
    },

    /** Looks what has changed in the catalogue since it was last read. */
    async readAssets(): Promise<void> {
      const now = clock.now();
      if (now < nextRead) return;
      nextRead = new Date(now.getTime() + READ_ASSETS_EVERY_MILLISECONDS);
      const assets = await assetDao.getAssets();
      if (isMaking) desk.learn(assets);
      else board.publish(assets.map(storedQuoteOf));
    },

    /** Lets another process take over at once. */
    async resign(): Promise<void> {
      if (isMaking) await end();
      await leadership.resign();
    },
  };
}
