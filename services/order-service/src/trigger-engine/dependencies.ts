import type { PricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import type { TriggerCheckpointDao } from '@cnop/common/dao/order/trigger-checkpoint-dao';
import type { TriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';
import type { Semaphore } from '@cnop/common/scheduling/semaphore';
import type { CachedAssets } from '../cached-assets.ts';
import type { OrderDependencies } from '../use-cases/dependencies.ts';

/** Where the engine tells what it did; the platform's logger is one. */
export interface EngineLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** What the parts of the engine share. */
export interface EngineParts
  extends Pick<
    OrderDependencies,
    'store' | 'clock' | 'ids' | 'candles' | 'quotes' | 'quoteFor' | 'trades' | 'maxQuoteAgeSeconds'
  > {
  readonly assets: CachedAssets;
  readonly triggerIndex: TriggerIndexDao;
  readonly peaks: PricePeakDao;
  readonly checkpoints: TriggerCheckpointDao;
  readonly log: EngineLog;
  /** Bounds how many orders change at once. */
  readonly gate: Pick<Semaphore, 'pass'>;
  /** Upgrades a store of an earlier version, once; no order executes before that. */
  prepareStore(): Promise<void>;
  /** True from when the engine is asked to close: what runs is finished and nothing is begun. */
  isClosing(): boolean;
}
