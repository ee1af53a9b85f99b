import type { AssetId } from '../core/brands.ts';
import type { Clock, MonotonicClock } from '../core/clock.ts';
import { createCachedValue, systemMonotonicClock } from '../core/clock.ts';
import type { Asset } from '../entities/inventory/asset.ts';
import { ASSETS_CHANNEL } from '../events/announcing-store.ts';
import type { MessageBus } from '../messaging/message-bus.ts';

/** The age at which the catalogue is read again where changes are announced: a message may be lost. */
const MAX_AGE_MILLISECONDS = 60_000;
/** The same where they are not, and after a change: rounds of a second always read it. */
const SHORT_AGE_MILLISECONDS = 900;
/** The time after a change during which a list of the store may be the one before it, since indexes lag. */
const SETTLING_MILLISECONDS = 5_000;

export interface FollowedCatalogueOptions {
  readonly read: () => Promise<readonly Asset[]>;
  /** Without it no change is announced. */
  readonly bus: Pick<MessageBus, 'subscribe' | 'link'> | undefined;
  /** Measures the age; the clock of the process by default. */
  readonly monotonicClock?: MonotonicClock;
}

/** The catalogue for frequent reads. */
export interface FollowedCatalogue {
  /** Returns all assets, with their own prices: as they are stored, or a minute old where a message was lost. */
  getAssets(): Promise<readonly Asset[]>;
}

/**
 * Creates a catalogue in memory that follows the announced changes. Where none arrive from other processes, without Redis or
 * while it is away, it is at most 0.9 seconds old.
 * @see docs/operating/caches.md
 */
export function followCatalogue(options: FollowedCatalogueOptions): FollowedCatalogue {
  const { read, bus, monotonicClock = systemMonotonicClock } = options;
  let latest: { readonly assets: readonly Asset[]; readonly readAtMilliseconds: number } | undefined;
  let changedAtMilliseconds = monotonicClock.elapsedMilliseconds();
  let changes = 0;

  const markChanged = (): void => {
    changes += 1;
    changedAtMilliseconds = monotonicClock.elapsedMilliseconds();
    latest = undefined;
  };
  bus?.subscribe(ASSETS_CHANNEL, markChanged);
  bus?.link?.onUp(markChanged);

  const maxAgeOf = (readAtMilliseconds: number): number => {
    const isSettled = readAtMilliseconds - changedAtMilliseconds >= SETTLING_MILLISECONDS;
    return isSettled && bus?.link?.isUp() === true ? MAX_AGE_MILLISECONDS : SHORT_AGE_MILLISECONDS;
  };

  return {
    async getAssets() {
      const now = monotonicClock.elapsedMilliseconds();
      if (latest && now - latest.readAtMilliseconds < maxAgeOf(latest.readAtMilliseconds))
        return latest.assets;
      const changesBefore = changes;
      const assets = await read();
      // A list that is read while an asset changes may lack the change.
      if (changes === changesBefore) latest = { assets, readAtMilliseconds: now };
      return assets;
    },
  };
}

const MAX_CACHE_AGE_MILLISECONDS = 1_000;

/** The catalogue, at most a second old: a price move may read one asset ten thousand times. */
export interface CachedAssets {
  getAsset(assetId: AssetId): Promise<Asset | undefined>;
  getAssets(): Promise<readonly Asset[]>;
  /** Invalidates the cache: the next read goes to the store. */
  invalidate(): void;
}

/** Creates the cache of the catalogue. */
export function createCachedAssets({
  read,
  clock,
}: {
  readonly read: () => Promise<readonly Asset[]>;
  readonly clock: Clock;
}): CachedAssets {
  const byId = createCachedValue({
    read: async () => new Map((await read()).map((asset) => [asset.asset_id, asset])),
    maxAgeMilliseconds: MAX_CACHE_AGE_MILLISECONDS,
    clock,
  });
  return {
    getAsset: async (assetId) => (await byId.get()).get(assetId),
    getAssets: async () => [...(await byId.get()).values()],
    invalidate: byId.invalidate,
  };
}
