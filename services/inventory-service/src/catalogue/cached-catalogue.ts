import type { Clock } from '@cnop/common/core/clock';
import type { Asset } from '@cnop/common/entities/inventory/asset';

/** How old the public list may be. A write of this process shows at once, one of another process after this time. */
const MAX_AGE_MILLISECONDS = 1_000;

/** The whole catalogue for lists. Whoever is about to decide something reads the one asset from the store. */
export interface CachedCatalogue {
  getAssets(): Promise<readonly Asset[]>;
  /** Makes the next list read the store; to be called after each write. */
  forget(): void;
}

export interface CachedCatalogueOptions {
  readonly read: () => Promise<readonly Asset[]>;
  readonly clock: Clock;
}

/**
 * Reads the catalogue at most once a second, and once for all requests that wait for it at the same time. Reading 50
 * assets costs about as much as the whole rest of the request.
 */
export function createCachedCatalogue({ read, clock }: CachedCatalogueOptions): CachedCatalogue {
  let latest: { readonly assets: Promise<readonly Asset[]>; readonly readAtMilliseconds: number } | undefined;

  return {
    async getAssets() {
      const nowMilliseconds = clock.now().getTime();
      const ageMilliseconds = latest ? nowMilliseconds - latest.readAtMilliseconds : Infinity;
      // Not negative: a clock that was set back must not keep an old list alive.
      if (latest && ageMilliseconds >= 0 && ageMilliseconds < MAX_AGE_MILLISECONDS) return latest.assets;
      const reading = { assets: read(), readAtMilliseconds: nowMilliseconds };
      latest = reading;
      try {
        return await reading.assets;
      } catch (error) {
        if (latest === reading) latest = undefined;
        throw error;
      }
    },

    forget() {
      latest = undefined;
    },
  };
}
