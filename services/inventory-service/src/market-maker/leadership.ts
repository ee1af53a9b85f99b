import { hostname } from 'node:os';
import type { AssetId } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import { addSeconds } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { FeedLeaseDao } from '@cnop/common/dao/inventory/feed-lease-dao';
import { createFeedLeaseDao } from '@cnop/common/dao/inventory/feed-lease-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';
import { storedQuoteOf } from '@cnop/common/entities/inventory/quote';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import type { WritableQuoteBoard } from '@cnop/common/market/market-data';
import { CANDLE_INTERVALS } from '../domain/candle-rules.ts';
import { DAY_STEP, dayStart } from '../domain/day-statistics.ts';
import type { LiveMarket, StoredCandles } from './live-market.ts';
import type { createHistoryFiller } from './price-history.ts';

/** The interval between renewals of the lease, or attempts to take it: three chances before it expires. */
const SEEK_EVERY_SECONDS = 3;
/** The time after which catalogue changes by another instance are noticed. */
const READ_ASSETS_EVERY_MILLISECONDS = 1_000;

export interface LeadershipOptions {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly logger: ServiceRuntime['logger'];
  readonly board: WritableQuoteBoard;
  /** The name of this instance, made by `holderName`. */
  readonly holder: string;
  readonly live: LiveMarket;
  readonly history: ReturnType<typeof createHistoryFiller>;
}

/**
 * Creates the leadership of one instance: it opens the live market while the instance holds the lease, and otherwise
 * publishes the prices that the leader stores.
 */
export function createLeadership({ store, clock, logger, board, holder, live, history }: LeadershipOptions) {
  const assetDao = createAssetDao(store);
  const candleDao = createCandleDao(store);
  const lease = createPriceLease({ leases: createFeedLeaseDao(store), clock, holder });
  let isMaking = false;
  let nextSeek = clock.now();
  let nextRead = clock.now();

  const begin = async (): Promise<void> => {
    const now = clock.now();
    const assets = await assetDao.getAssets();
    const candles = await loadCandles(candleDao, assets, now);
    live.open(assets, candles, lease.firstSeq());
    history.prepare(assets, candles, now);
    isMaking = true;
    logger.info({ assets: assets.length }, 'took the lease; making prices');
  };

  const end = async (): Promise<void> => {
    isMaking = false;
    history.abandon();
    await live.close();
    logger.info('stopped making prices');
  };

  return {
    /** Stops making prices. */
    end,

    /** Returns whether this instance may make prices now. */
    mayMakePrices: (): boolean => isMaking && lease.isHeld(),

    /** Takes or renews the lease when it is due, and begins or ends making prices accordingly. */
    async seekLease(): Promise<void> {
      const now = clock.now();
      if (now < nextSeek && lease.isHeld() === isMaking) return;
      nextSeek = addSeconds(now, SEEK_EVERY_SECONDS);
      const wasOurs = await lease.seek(live.quoteMaker.lastSeq());
      if (isMaking && !(lease.isHeld() && wasOurs)) await end();
      if (lease.isHeld() && !isMaking) await begin();
    },

    /** Applies the changes of the catalogue since it was last read. */
    async readAssets(): Promise<void> {
      const now = clock.now();
      if (now < nextRead) return;
      nextRead = new Date(now.getTime() + READ_ASSETS_EVERY_MILLISECONDS);
      const assets = await assetDao.getAssets();
      if (isMaking) live.updateAssets(assets);
      else board.publish(assets.map(storedQuoteOf));
    },

    /** Gives the lease back, so that another instance can take over at once. */
    async resign(): Promise<void> {
      if (isMaking) await end();
      await lease.release();
    },
  };
}

/** The time after which another instance takes over from one that hangs; also the longest time without a renewal. */
const LEASE_SECONDS = 10;
const SEPARATOR = '/';

interface PriceLeaseOptions {
  readonly leases: FeedLeaseDao;
  readonly clock: Clock;
  readonly holder: string;
}

/** Creates the view of one instance on the lease. */
function createPriceLease({ leases, clock, holder }: PriceLeaseOptions) {
  let heldUntil: Date | undefined;
  let firstSeq = 0;

  return {
    /** Returns whether the lease was ours at the last renewal and has not expired since. */
    isHeld(): boolean {
      return heldUntil !== undefined && clock.now() < heldUntil;
    },

    /** Returns the lowest `seq` of our quotes, which is above that of every quote of earlier holders. */
    firstSeq: (): number => firstSeq,

    /**
     * Takes or renews the lease.
     * @param lastSeq the greatest `seq` of this instance's quotes
     * @returns whether it was ours before; if not, another instance may have changed prices
     */
    async seek(lastSeq: number): Promise<boolean> {
      const now = clock.now();
      const lease = await leases.getLease();
      const abandonedHolder = lease && isGone(lease.holder, holder) ? lease.holder : undefined;
      const taken = await leases.take({
        holder,
        now,
        lifetimeSeconds: LEASE_SECONDS,
        abandonedHolder,
        lastSeq,
      });
      heldUntil = taken && addSeconds(now, LEASE_SECONDS);
      firstSeq = taken?.firstSeq ?? firstSeq;
      return lease?.holder === holder;
    },

    async release(): Promise<void> {
      heldUntil = undefined;
      await leases.release(holder);
    },
  };
}

/** Returns a name for this instance that no other process has, even one that had the same process id. */
export function holderName(ids: IdSource): string {
  return [hostname(), process.pid, ids.next()].join(SEPARATOR);
}

/**
 * Returns whether a holder was a process of this machine that has ended, so that a restart after a crash need not wait for
 * the lease to expire. A holder with our own process id ran before us.
 */
function isGone(holder: string, own: string): boolean {
  const [host, pid = ''] = holder.split(SEPARATOR);
  if (holder === own || host !== hostname()) return false;
  return pid === String(process.pid) || !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process runs, under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The steps of 24 hours and two more: the open step and the one that 24 hours ago lies in. */
const MAX_DAY_STEPS = (24 * 60 * 60) / CANDLE_SECONDS[DAY_STEP] + 2;
const ASSETS_READ_AT_ONCE = 10;

/** Loads the candles from which recording continues, in the order of the assets. */
async function loadCandles(
  candles: CandleDao,
  assets: readonly Asset[],
  now: Date,
): Promise<StoredCandles[]> {
  const loaded: StoredCandles[] = [];
  for (let i = 0; i < assets.length; i += ASSETS_READ_AT_ONCE) {
    const some = assets.slice(i, i + ASSETS_READ_AT_ONCE);
    loaded.push(...(await Promise.all(some.map(({ asset_id }) => loadAsset(candles, asset_id, now)))));
  }
  return loaded;
}

async function loadAsset(candles: CandleDao, assetId: AssetId, now: Date): Promise<StoredCandles> {
  const [day, ...latest] = await Promise.all([
    candles.getCandles({
      assetId,
      interval: DAY_STEP,
      from: isoTime(new Date(dayStart(now.getTime()))),
      limit: MAX_DAY_STEPS,
      order: 'ascending',
    }),
    ...CANDLE_INTERVALS.map(async (interval) =>
      candles.getCandles({ assetId, interval, limit: 1, order: 'descending' }),
    ),
  ]);
  return { day, latest: latest.flat() };
}
