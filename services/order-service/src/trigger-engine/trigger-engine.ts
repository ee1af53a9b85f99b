import { resumeOrderCancellations } from '@cnop/common/accounts/block-trading';
import type { MonotonicClock } from '@cnop/common/core/clock';
import { systemMonotonicClock } from '@cnop/common/core/clock';
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
import { createPace } from './pace.ts';
import { settleDelistedAssets } from './settle-delisted.ts';
import { createSleep } from './sleep.ts';
import { expireOrders, withdrawOrders } from './sweep.ts';
import { createWatchList } from './watch-list.ts';

/** The most orders that change at the same time. They share commits of the embedded store. */
const MAX_ORDERS_AT_ONCE = 256;
/** The intervals of the rounds that read the store in every second. */
export const ENGINE_ROUNDS = {
  expiryMilliseconds: 1_000,
  withdrawalMilliseconds: 5_000,
  /** At which a sleeping engine checks whether an order was accepted that no message announced. */
  lookMilliseconds: 2_000,
} as const;
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
    | 'listed'
    | 'candles'
    | 'quotes'
    | 'quoteFor'
    | 'trades'
    | 'maxQuoteAgeSeconds'
  > {
  readonly log: EngineLog;
  /** Measures how long no order has been open; the clock of the process by default. */
  readonly monotonicClock?: MonotonicClock;
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
  /** Wakes an engine that sleeps because no order is open: an order was accepted. */
  wake(): void;
  /** Resolves when all quotes seen so far are processed. */
  whenIdle(): Promise<void>;
  /** Expires and cancels orders now, and sleeps if none is open, without waiting for the next round. */
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
  const parts = createParts(deps, () => isClosing);
  const sleep = createSleep({
    triggerIndex: parts.triggerIndex,
    monotonicClock: deps.monotonicClock ?? systemMonotonicClock,
    onWake: () => watches.wakeWatched(),
  });
  const watches = createWatchList(parts, sleep.isAwake);
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
  const whenAwake = (everyMilliseconds: number, task: () => Promise<void>): Repeater =>
    every(everyMilliseconds, async () => (sleep.isAwake() ? task() : undefined));

  return {
    start() {
      unsubscribe = quotes.subscribe(watches.see);
      const first = every(FIRST_TIDYING_MILLISECONDS, async () => {
        void first.stop();
        await watches.tidy();
      });
      rounds = [
        every(ENGINE_ROUNDS.lookMilliseconds, sleep.look),
        whenAwake(ENGINE_ROUNDS.expiryMilliseconds, expire),
        every(ENGINE_ROUNDS.withdrawalMilliseconds, withdraw),
        whenAwake(CHECKPOINT_MILLISECONDS, watches.saveCheckpoints),
        whenAwake(TIDYING_MILLISECONDS, watches.tidy),
        first,
      ];
      for (const round of rounds) round.start();
      watches.wakeAll();
    },

    wake: sleep.wake,

    async whenIdle() {
      if (!sleep.isAwake()) await sleep.look();
      await watches.whenIdle();
    },

    async sweep() {
      parts.assets.invalidate();
      await Promise.all([sleep.look(), expire(), withdraw()]);
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

function createParts(deps: TriggerEngineDependencies, isClosing: () => boolean): EngineParts {
  const { store } = deps;
  return {
    ...deps,
    assets: deps.catalogue,
    triggerIndex: createTriggerIndexDao(store),
    peaks: createPricePeakDao(store),
    checkpoints: createTriggerCheckpointDao(store),
    pace: createPace(),
    semaphore: createSemaphore({ slots: MAX_ORDERS_AT_ONCE }),
    isClosing,
    prepareStore: onceDone(async () => {
      if ((await migrateSchema(deps)) > 0) deps.catalogue.invalidate();
    }),
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
