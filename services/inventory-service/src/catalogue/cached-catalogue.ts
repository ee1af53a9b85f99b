import { createCachedReading } from '@cnop/common/core/cached-reading';
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
  const reading = createCachedReading({ read, maxAgeMilliseconds: MAX_AGE_MILLISECONDS, clock });
  return { getAssets: reading.get, forget: reading.forget };
}
