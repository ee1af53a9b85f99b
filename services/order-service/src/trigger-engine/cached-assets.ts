import type { Clock } from '@cnop/common/core/clock';
import type { Asset } from '@cnop/common/entities/inventory/asset';

const MAX_AGE_MILLISECONDS = 1_000;

/** The catalogue, at most a second old: a price move may ask for one asset ten thousand times. */
export interface CachedAssets {
  getAsset(assetId: string): Promise<Asset | undefined>;
  getAssets(): Promise<readonly Asset[]>;
  /** Makes whoever asks next read the store. */
  forget(): void;
}

export function createCachedAssets({
  read,
  clock,
}: {
  readonly read: () => Promise<readonly Asset[]>;
  readonly clock: Clock;
}): CachedAssets {
  let cached:
    | { readonly assets: Promise<ReadonlyMap<string, Asset>>; readonly readAtMilliseconds: number }
    | undefined;

  async function current(): Promise<ReadonlyMap<string, Asset>> {
    const now = clock.now().getTime();
    const age = cached ? now - cached.readAtMilliseconds : Number.POSITIVE_INFINITY;
    // Not negative: a clock that was set back must not keep an old list alive.
    if (cached && age >= 0 && age < MAX_AGE_MILLISECONDS) return cached.assets;
    const reading = { assets: readById(read), readAtMilliseconds: now };
    cached = reading;
    try {
      return await reading.assets;
    } catch (error) {
      if (cached === reading) cached = undefined;
      throw error;
    }
  }

  return {
    getAsset: async (assetId) => (await current()).get(assetId),
    getAssets: async () => [...(await current()).values()],
    forget() {
      cached = undefined;
    },
  };
}

async function readById(read: () => Promise<readonly Asset[]>): Promise<ReadonlyMap<string, Asset>> {
  return new Map((await read()).map((asset) => [asset.asset_id, asset]));
}
