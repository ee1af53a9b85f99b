import { createCachedValue } from '@cnop/common/core/cached-value';
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
  const byId = createCachedValue({
    read: async () => new Map((await read()).map((asset) => [asset.asset_id, asset])),
    maxAgeMilliseconds: MAX_AGE_MILLISECONDS,
    clock,
  });
  return {
    getAsset: async (assetId) => (await byId.get()).get(assetId),
    getAssets: async () => [...(await byId.get()).values()],
    forget: byId.invalidate,
  };
}
