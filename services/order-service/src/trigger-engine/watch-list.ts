import type { AssetId, OrderId } from '@cnop/common/core/brands';
import { takesWrites } from '@cnop/common/database/table-store';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { warnOfFailure } from '@cnop/common/process/report-store';
import { createSemaphore } from '@cnop/common/scheduling/semaphore';
import type { AssetWatch } from './asset-watch.ts';
import { createAssetWatch } from './asset-watch.ts';
import type { EngineParts } from './engine-parts.ts';

/** Assets whose quotes are processed at the same time. */
const MAX_ASSETS_AT_ONCE = 8;

/** The assets with a quote, each processed independently. */
export interface WatchList {
  /** Stores new quotes and schedules their assets. */
  see(quotes: readonly Quote[]): void;
  /** Schedules every asset of the catalogue: for its open orders, and for the quotes that they missed. */
  wakeAll(): void;
  /** Schedules the assets with a quote, which also read their open trailing stops again, after the engine slept. */
  wakeWatched(): void;
  tidy(): Promise<void>;
  /** Drops an order that ended. */
  forget(assetId: AssetId, orderId: OrderId): void;
  saveCheckpoints(): Promise<void>;
  /** Resolves when all quotes seen so far are processed. */
  whenIdle(): Promise<void>;
  /** Starts no more work. */
  stop(): void;
}

/**
 * Creates a list without watches; each asset gets one at its first quote or wake-up. While the engine is not awake, quotes
 * are stored and not processed.
 */
export function createWatchList(parts: EngineParts, isAwake: () => boolean): WatchList {
  const { assets, quotes, log } = parts;
  const watches = new Map<AssetId, AssetWatch>();
  /** The currencies of the catalogue, which no order trades. */
  const currencies = new Set<AssetId>();
  const queue = createAssetQueue({
    maxAtOnce: MAX_ASSETS_AT_ONCE,
    // Quotes that arrive while the store takes no writes are processed with the next quote after that.
    run: async (assetId) => (takesWrites(parts.store) ? watchOf(assetId).process() : undefined),
    onFailure: (err, assetId) => warnOfFailure(log, { err, asset_id: assetId }, 'processing a quote failed'),
  });

  function watchOf(assetId: AssetId): AssetWatch {
    const known = watches.get(assetId);
    if (known) return known;
    const watch = createAssetWatch(assetId, parts);
    watches.set(assetId, watch);
    return watch;
  }

  async function wakeCatalogue(): Promise<void> {
    for (const { asset_id, category } of await assets.getAssets()) {
      if (category === 'currency') {
        currencies.add(asset_id);
        watches.delete(asset_id);
        continue;
      }
      const latest = quotes.latest(asset_id);
      if (latest && !watches.has(asset_id)) watchOf(asset_id).seeFirst(latest);
      queue.wake(asset_id);
    }
  }

  /** Assets that are scheduled after the lag of this engine. */
  const late = createLateAssets(queue.wake);

  function wakeAfterLag(assetIds: Iterable<AssetId>): void {
    const delayMilliseconds = parts.pace.delayMilliseconds();
    for (const assetId of assetIds) late.add(assetId, delayMilliseconds);
  }

  function tidyWatched(): void {
    for (const watch of watches.values()) watch.tidyNext();
    wakeAfterLag(watches.keys());
  }

  return {
    see(published) {
      const news = published.filter(({ asset_id }) => !currencies.has(asset_id));
      for (const quote of news) watchOf(quote.asset_id).see(quote);
      if (!isAwake()) {
        for (const { asset_id } of news) watchOf(asset_id).rest();
        return;
      }
      wakeAfterLag(news.map(({ asset_id }) => asset_id));
    },

    wakeWatched: tidyWatched,

    wakeAll: () => queue.track(wakeCatalogue()),

    async tidy() {
      tidyWatched();
      await late.whenReleased();
      await queue.whenIdle();
    },

    forget: (assetId, orderId) => watches.get(assetId)?.forget(orderId),

    async saveCheckpoints() {
      await Promise.all([...watches.values()].map((watch) => watch.saveCheckpoint()));
    },

    async whenIdle() {
      await late.whenReleased();
      await queue.whenIdle();
    },
    stop() {
      late.clear();
      queue.stop();
    },
  };
}

/** Creates the set of assets that wait for the lag of this engine; those of one lag are released together. */
function createLateAssets(release: (assetId: AssetId) => void) {
  const assets = new Set<AssetId>();
  let timer: NodeJS.Timeout | undefined;
  let waiting: (() => void)[] = [];

  const clear = (): void => {
    clearTimeout(timer);
    timer = undefined;
    assets.clear();
    for (const resume of waiting) resume();
    waiting = [];
  };
  const releaseAll = (): void => {
    assets.forEach(release);
    clear();
  };

  return {
    /** Releases an asset after a delay: at once without one. */
    add(assetId: AssetId, delayMilliseconds: number): void {
      if (delayMilliseconds === 0) return release(assetId);
      assets.add(assetId);
      timer ??= setTimeout(releaseAll, delayMilliseconds).unref();
    },
    /** Resolves when no asset waits. */
    async whenReleased(): Promise<void> {
      if (!timer) return;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    },
    clear,
  };
}

/** Runs a task for each asset: one run of an asset after the other, several assets at the same time. */
interface AssetQueue {
  /** Schedules a run of an asset. Calls during a run together schedule one more. */
  wake(assetId: AssetId): void;
  /** Counts another task as running. */
  track(task: Promise<void>): void;
  /** Resolves when nothing runs and nothing is scheduled. */
  whenIdle(): Promise<void>;
  /** Starts no more runs. */
  stop(): void;
}

function createAssetQueue({
  maxAtOnce,
  run,
  onFailure,
}: {
  readonly maxAtOnce: number;
  readonly run: (assetId: AssetId) => Promise<void>;
  /** A failed run is not repeated by itself: the next quote schedules the next run. */
  readonly onFailure: (error: unknown, assetId?: AssetId) => void;
}): AssetQueue {
  const semaphore = createSemaphore({ slots: maxAtOnce });
  const due = new Set<AssetId>();
  const running = new Map<AssetId, Promise<void>>();
  const tracked = new Set<Promise<void>>();
  let isStopped = false;

  async function runWhileDue(assetId: AssetId): Promise<void> {
    while (due.has(assetId) && !isStopped) await semaphore.pass(() => runOnce(assetId));
    running.delete(assetId);
  }

  async function runOnce(assetId: AssetId): Promise<void> {
    if (isStopped) return;
    due.delete(assetId);
    try {
      await run(assetId);
    } catch (error) {
      onFailure(error, assetId);
    }
  }

  return {
    wake(assetId) {
      if (isStopped) return;
      due.add(assetId);
      if (!running.has(assetId)) running.set(assetId, runWhileDue(assetId));
    },

    track(task) {
      const watched = task.catch((error: unknown) => onFailure(error)).finally(() => tracked.delete(watched));
      tracked.add(watched);
    },

    async whenIdle() {
      while (running.size + tracked.size > 0) await Promise.all([...running.values(), ...tracked]);
    },

    stop() {
      isStopped = true;
    },
  };
}
