import { resumeOrderCancellations } from '@cnop/common/accounts/block-trading';
import { createPricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import { createTriggerCheckpointDao } from '@cnop/common/dao/order/trigger-checkpoint-dao';
import { createTriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';
import { takesWrites } from '@cnop/common/database/table-store';
import type { Repeater } from '@cnop/common/scheduling/repeater';
import { createRepeater } from '@cnop/common/scheduling/repeater';
import { createSemaphore } from '@cnop/common/scheduling/semaphore';
import { migrateSchema } from '@cnop/common/schema/migrate-schema';
import type { OrderDependencies } from '../use-cases/dependencies.ts';
import type { EngineLog, EngineParts } from './engine-parts.ts';
import { settleDelistedAssets } from './settle-delisted.ts';
import { expireOrders, withdrawOrders } from './sweep.ts';
import { createWatchList } from './watch-list.ts';

/** The most orders that change at the same time. They share commits of the embedded store. */
const MAX_ORDERS_AT_ONCE = 256;
const EXPIRY_MILLISECONDS = 1_000;
const WITHDRAWAL_MILLISECONDS = 5_000;
const CHECKPOINT_MILLISECONDS = 15_000;
const TIDYING_MILLISECONDS = 10 * 60_000;
/** The first tidying comes soon after the start, for orders whose acceptance was being committed during it. */
const FIRST_TIDYING_MILLISECONDS = 10_000;

export interface TriggerEngineDependencies
  extends Pick<
    OrderDependencies,
    | 'store'
    | 'clock'
    | 'ids'
    | 'catalogue'
    | 'candles'
    | 'quotes'
    | 'quoteFor'
    | 'trades'
    | 'maxQuoteAgeSeconds'
  > {
  readonly log: EngineLog;
}

/**
 * The engine that changes open orders:
 *
 * - It executes orders that a quote triggers, also those triggered while no engine ran.
 * - It expires orders past their expiry.
 * - It cancels orders whose asset can no longer be traded, and orders of blocked accounts that an interrupted suspension
 *   left open.
 * - It settles positions in delisted assets.
 *
 * Any number of engines may run over one store: each change is made only if the order is still open.
 */
export interface TriggerEngine {
  /** Starts processing quotes, beginning with those that were missed. */
  start(): void;
  /** Resolves when all quotes seen so far are processed. */
  whenIdle(): Promise<void>;
  /** Expires and cancels orders now, without waiting for the next round. */
  sweep(): Promise<void>;
  /** Drops orders and peaks that are no longer needed, without waiting for the next round. */
  tidy(): Promise<void>;
  /** Stops, and resolves when running work is finished. */
  close(): Promise<void>;
}

/** Creates an engine; it does nothing until `start`. */
export function createTriggerEngine(deps: TriggerEngineDependencies): TriggerEngine {
  const { store, quotes, log } = deps;
  let isClosing = false;
  const parts: EngineParts = {
    ...deps,
    assets: deps.catalogue,
    triggerIndex: createTriggerIndexDao(store),
    peaks: createPricePeakDao(store),
    checkpoints: createTriggerCheckpointDao(store),
    semaphore: createSemaphore({ slots: MAX_ORDERS_AT_ONCE }),
    isClosing: () => isClosing,
    prepareStore: onceDone(async () => {
      if ((await migrateSchema(deps)) > 0) deps.catalogue.invalidate();
    }),
  };
  const watches = createWatchList(parts);
  let rounds: readonly Repeater[] = [];
  let unsubscribe: () => unknown = () => undefined;

  const expire = (): Promise<void> => expireOrders(parts, watches.forget);
  const withdraw = async (): Promise<void> => {
    await parts.prepareStore();
    await withdrawOrders(parts, watches.forget);
    await settleDelistedAssets(parts);
    await resumeOrderCancellations(parts);
  };
  const every = (everyMilliseconds: number, task: () => Promise<void>): Repeater =>
    createRepeater({
      everyMilliseconds,
      act: async () => {
        if (!takesWrites(store)) return;
        await task().catch((err: unknown) => log.warn({ err }, 'a round of the trigger engine failed'));
      },
    });

  return {
    start() {
      unsubscribe = quotes.subscribe(watches.see);
      const first = every(FIRST_TIDYING_MILLISECONDS, async () => {
        void first.stop();
        await watches.tidy();
      });
      rounds = [
        every(EXPIRY_MILLISECONDS, expire),
        every(WITHDRAWAL_MILLISECONDS, withdraw),
        every(CHECKPOINT_MILLISECONDS, watches.saveCheckpoints),
        every(TIDYING_MILLISECONDS, watches.tidy),
        first,
      ];
      for (const round of rounds) round.start();
      watches.wakeAll();
    },

    whenIdle: watches.whenIdle,

    async sweep() {
      parts.assets.invalidate();
      await Promise.all([expire(), withdraw()]);
    },

    tidy: watches.tidy,

    async close() {
      isClosing = true;
      unsubscribe();
      watches.stop();
      await Promise.all(rounds.map((round) => round.stop()));
      await watches.whenIdle();
      // If this fails, the next start only reads a little more than it must.
      await watches
        .saveCheckpoints()
        .catch((err: unknown) => log.warn({ err }, 'storing the checkpoints failed'));
    },
  };
}

/** Runs a task until it succeeds once. Concurrent calls share one attempt. */
function onceDone(task: () => Promise<void>): () => Promise<void> {
  let attempt: Promise<void> | undefined;
  return async () => {
    attempt ??= task().catch((error: unknown) => {
      attempt = undefined;
      throw error;
    });
    return attempt;
  };
}
