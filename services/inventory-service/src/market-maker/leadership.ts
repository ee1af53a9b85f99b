import type { AssetId } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Clock, MonotonicClock } from '@cnop/common/core/clock';
import { defineGauge } from '@cnop/common/core/figures';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { createCandleDao, withOpenCandle } from '@cnop/common/dao/inventory/candle-dao';
import type { FeedLease } from '@cnop/common/dao/inventory/feed-lease-dao';
import { createFeedLeaseDao, isSameLease } from '@cnop/common/dao/inventory/feed-lease-dao';
import type { OpenCandles } from '@cnop/common/dao/inventory/open-candles-dao';
import { openCandlesOf, readOpenCandles } from '@cnop/common/dao/inventory/open-candles-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';
import { storedQuoteOf } from '@cnop/common/entities/inventory/quote';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import { followCatalogue } from '@cnop/common/market/followed-catalogue';
import type { WritableQuoteBoard } from '@cnop/common/market/market-data';
import type { MessageBus } from '@cnop/common/messaging/message-bus';
import { hasEnded } from '@cnop/common/process/process-identity';
import { CANDLE_INTERVALS } from '../domain/candle-rules.ts';
import { DAY_STEP, dayStart } from '../domain/day-statistics.ts';
import type { LiveMarket, StoredCandles } from './live-market.ts';
import type { createHistoryFiller } from './price-history.ts';

/** The interval at which prices that another instance stored are read. */
const READ_PRICES_EVERY_MILLISECONDS = 1_000;

const showLeader = defineGauge({
  name: 'cnop_price_leader',
  help: '1 while this process makes prices, 0 while another one does.',
  labelNames: [],
});

export interface LeadershipOptions {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly monotonicClock: MonotonicClock;
  readonly logger: ServiceRuntime['logger'];
  readonly board: WritableQuoteBoard;
  readonly bus: MessageBus;
  /** The identity of this process. */
  readonly holder: string;
  /** Where this process runs, as far as the system tells. */
  readonly location: string | undefined;
  /** Returns whether the clock of this process is right, as it is by default. */
  readonly mayTimeQuotes?: (() => boolean) | undefined;
  readonly live: LiveMarket;
  readonly history: ReturnType<typeof createHistoryFiller>;
}

/**
 * Creates the leadership of one instance: it opens the live market while the instance holds the lease, and otherwise
 * publishes the prices that the leader stores.
 */
export function createLeadership(options: LeadershipOptions) {
  const { store, clock, monotonicClock, logger, board, bus, live, history } = options;
  const assetDao = createAssetDao(store);
  const catalogue = followCatalogue({ read: assetDao.getCatalogue, bus, monotonicClock });
  const candleDao = createCandleDao(store);
  const lease = createPriceLease(options);
  let isMaking = false;
  let nextReadMilliseconds = 0;

  const begin = async (): Promise<void> => {
    lease.markUsed();
    const now = clock.now();
    const assets = await assetDao.getAssets();
    const open = await readOpenCandles(store);
    const candles = await loadCandles(candleDao, { assets, open, now });
    live.open(assets, candles, lease.firstSeq());
    history.prepare(assets, candles, now);
    isMaking = true;
    showLeader({}, 1);
    logger.info({ assets: assets.length }, 'took the lease; making prices');
  };

  const end = async (): Promise<void> => {
    isMaking = false;
    showLeader({}, 0);
    history.abandon();
    await live.close();
    logger.info('stopped making prices');
  };

  return {
    /** Stops making prices. */
    end,

    /** Returns whether this instance may make prices now. */
    mayMakePrices: (): boolean => isMaking && lease.isHeld(),

    /**
     * Takes or renews the lease when it is due.
     * @param isTicking whether prices are made next, for which the lease should be as fresh as possible
     */
    async seekLease(isTicking: boolean): Promise<void> {
      if (lease.isDue(isTicking)) await lease.seek(live.quoteMaker.lastSeq());
    },

    /** Returns whether this instance must begin or end making prices. */
    mustChangeRole: (): boolean => isMaking !== lease.isHeld() || (isMaking && lease.isNew()),

    /** Begins or ends making prices, according to the lease. */
    async changeRole(): Promise<void> {
      // Another instance may have made prices since.
      if (isMaking && (lease.isNew() || lease.isLost())) await end();
      if (lease.isHeld() && !isMaking) await begin();
    },

    /** Applies the changes of the catalogue and the prices since they were last read. */
    async readAssets(): Promise<void> {
      const nowMilliseconds = monotonicClock.elapsedMilliseconds();
      if (nowMilliseconds < nextReadMilliseconds) return;
      nextReadMilliseconds = nowMilliseconds + READ_PRICES_EVERY_MILLISECONDS;
      const assets = await assetDao.withCurrentPrices(await catalogue.getAssets());
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

/** The time without a renewal after which another instance takes over; within the maximum age of a quote. */
const TERM_MILLISECONDS = 2_000;
/** The same for a holder of an earlier version, which renews its lease every three seconds. */
const FORMER_TERM_MILLISECONDS = 5_000;
/** The age at which a tick renews the lease: with ticks of a second, each one does. */
const RENEW_AT_TICK_MILLISECONDS = 500;
/** The age at which it is renewed between ticks. */
const RENEW_MILLISECONDS = 1_200;
/** The interval at which another instance's lease is read. */
const WATCH_MILLISECONDS = 500;

type PriceLeaseOptions = Pick<
  LeadershipOptions,
  'store' | 'clock' | 'monotonicClock' | 'holder' | 'location' | 'mayTimeQuotes'
>;

/** Creates the view of one instance on the lease. Terms are measured by its own monotonic clock alone. */
function createPriceLease(options: PriceLeaseOptions) {
  const { store, clock, monotonicClock, holder, location, mayTimeQuotes = () => true } = options;
  const leases = createFeedLeaseDao(store);
  let askedAtMilliseconds = Number.NEGATIVE_INFINITY;
  let heldUntilMilliseconds = Number.NEGATIVE_INFINITY;
  let firstSeq = 0;
  let isNew = false;
  /** The lease of another instance, with the time since which it has not changed. */
  let other: { readonly lease: FeedLease; readonly sinceMilliseconds: number } | undefined;

  const isHeld = (): boolean => monotonicClock.elapsedMilliseconds() < heldUntilMilliseconds;

  /** Returns the lease of another instance when that one counts as dead, or leaves it to one with a better clock. */
  const abandonedLease = (): FeedLease | undefined => {
    if (!other) return undefined;
    const { lease, sinceMilliseconds } = other;
    if (lease.yields && mayTimeQuotes()) return lease;
    if (lease.location !== undefined && hasEnded(lease.location)) return lease;
    const term = lease.renewals === undefined ? FORMER_TERM_MILLISECONDS : TERM_MILLISECONDS;
    return monotonicClock.elapsedMilliseconds() - sinceMilliseconds >= term ? lease : undefined;
  };

  const ask = async (lastSeq: number): Promise<boolean> => {
    // The term counts from before the request, and for other instances from after it.
    askedAtMilliseconds = monotonicClock.elapsedMilliseconds();
    const abandoned = abandonedLease();
    const attempt = await leases.take({
      holder,
      location,
      yields: !mayTimeQuotes(),
      now: clock.now(),
      abandoned,
      lastSeq,
    });
    if (attempt.isTaken) {
      other = undefined;
      heldUntilMilliseconds = askedAtMilliseconds + TERM_MILLISECONDS;
      firstSeq = attempt.firstSeq;
      isNew ||= !attempt.wasHeld;
    } else {
      heldUntilMilliseconds = Number.NEGATIVE_INFINITY;
      if (!isSameLease(other?.lease, attempt.lease)) {
        other = { lease: attempt.lease, sinceMilliseconds: monotonicClock.elapsedMilliseconds() };
      }
    }
    return attempt.isTaken;
  };

  return {
    /** Returns whether the lease was ours at the last renewal and its term is not over. */
    isHeld,

    /** Returns whether another instance holds the lease. */
    isLost: (): boolean => other !== undefined,

    /** Returns whether the lease was taken since `markUsed`, so that another instance may have made prices before. */
    isNew: (): boolean => isNew,

    markUsed(): void {
      isNew = false;
    },

    /** Returns the lowest `seq` of our quotes, which is above that of every quote of earlier holders. */
    firstSeq: (): number => firstSeq,

    isDue(isTicking: boolean): boolean {
      const renewAt = isTicking ? RENEW_AT_TICK_MILLISECONDS : RENEW_MILLISECONDS;
      const every = isHeld() ? renewAt : WATCH_MILLISECONDS;
      const isOver = monotonicClock.elapsedMilliseconds() - askedAtMilliseconds >= every;
      return isOver || abandonedLease() !== undefined;
    },

    /**
     * Takes or renews the lease.
     * @param lastSeq the greatest `seq` of this instance's quotes
     */
    async seek(lastSeq: number): Promise<void> {
      if (!(await ask(lastSeq)) && abandonedLease()) await ask(lastSeq);
    },

    async release(): Promise<void> {
      heldUntilMilliseconds = Number.NEGATIVE_INFINITY;
      await leases.release(holder);
    },
  };
}

/** The steps of 24 hours and two more: the open step and the one that 24 hours ago lies in. */
const MAX_DAY_STEPS = (24 * 60 * 60) / CANDLE_SECONDS[DAY_STEP] + 2;
const ASSETS_READ_AT_ONCE = 10;

/** Loads the candles from which recording continues, in the order of the assets. */
async function loadCandles(
  candles: CandleDao,
  {
    assets,
    open,
    now,
  }: { readonly assets: readonly Asset[]; readonly open: readonly OpenCandles[]; readonly now: Date },
): Promise<StoredCandles[]> {
  const loaded: StoredCandles[] = [];
  for (let i = 0; i < assets.length; i += ASSETS_READ_AT_ONCE) {
    const some = assets.slice(i, i + ASSETS_READ_AT_ONCE);
    loaded.push(
      ...(await Promise.all(
        some.map(({ asset_id }) =>
          loadAsset(
            candles,
            open.flatMap((item) => openCandlesOf(item, asset_id)),
            asset_id,
            now,
          ),
        ),
      )),
    );
  }
  return loaded;
}

async function loadAsset(
  candles: CandleDao,
  open: readonly Candle[],
  assetId: AssetId,
  now: Date,
): Promise<StoredCandles> {
  const [day, ...latest] = await Promise.all([
    candles.getClosedCandles({
      assetId,
      interval: DAY_STEP,
      from: isoTime(new Date(dayStart(now.getTime()))),
      limit: MAX_DAY_STEPS,
      order: 'ascending',
    }),
    ...CANDLE_INTERVALS.map(async (interval) => {
      const period = { assetId, interval, limit: 1, order: 'descending' } as const;
      const present = open.find((candle) => candle.interval === interval);
      return withOpenCandle(await candles.getClosedCandles(period), present, period);
    }),
  ]);
  return { day, latest: latest.flat() };
}
