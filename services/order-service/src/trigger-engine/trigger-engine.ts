import { blockInactiveAccounts, resumeOrderCancellations } from '@cnop/common/accounts/block-trading';
import { upgradeAssets } from '@cnop/common/dao/inventory/asset-dao';
import { createPricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import { createTriggerCheckpointDao } from '@cnop/common/dao/order/trigger-checkpoint-dao';
import { createTriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';
import { takesWrites } from '@cnop/common/database/table-store';
import type { Repeater } from '@cnop/common/scheduling/repeater';
import { createRepeater } from '@cnop/common/scheduling/repeater';
import { createSemaphore } from '@cnop/common/scheduling/semaphore';
import type { OrderDependencies } from '../use-cases/dependencies.ts';
import type { EngineLog, EngineParts } from './dependencies.ts';
import { settleDelistedAssets } from './settle-delisted.ts';
import { expireOrders, withdrawOrders } from './sweep.ts';
import { createWatchList } from './watch-list.ts';

/** Orders that change at the same time: they share commits of the embedded store. */
const MAX_ORDERS_AT_ONCE = 256;
const EXPIRY_MILLISECONDS = 1_000;
const WITHDRAWAL_MILLISECONDS = 5_000;
const CHECKPOINT_MILLISECONDS = 15_000;
const TIDYING_MILLISECONDS = 10 * 60_000;
/** Soon after the start comes a first tidying: for orders whose acceptance was being committed just then. */
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
 * Executes open orders as prices move, ends those whose time is over, and cancels those on assets that are no longer
 * traded and those that an interrupted suspension of an account left open. Any number of engines may run over one
 * store: each change is made only if the order is still open.
 */
export interface TriggerEngine {
  /** Begins to follow the prices, first of all those that it missed. */
  start(): void;
  /** Resolves when everything that the prices so far fire is done. */
  whenIdle(): Promise<void>;
  /** Looks for expired orders and for assets that are no longer traded, without waiting for the next round. */
  sweep(): Promise<void>;
  /** Forgets orders and peaks that are needed no longer, without waiting for the next round. */
  tidy(): Promise<void>;
  /** Finishes what runs. */
  close(): Promise<void>;
}

export function createTriggerEngine(deps: TriggerEngineDependencies): TriggerEngine {
  const { store, quotes, log } = deps;
  let isClosing = false;
  const parts: EngineParts = {
    ...deps,
    assets: deps.catalogue,
    triggerIndex: createTriggerIndexDao(store),
    peaks: createPricePeakDao(store),
    checkpoints: createTriggerCheckpointDao(store),
    gate: createSemaphore({ slots: MAX_ORDERS_AT_ONCE }),
    isClosing: () => isClosing,
    prepareStore: onceDone(async () => {
      await blockInactiveAccounts(deps);
      if ((await upgradeAssets(store, deps.clock.now())) > 0) deps.catalogue.forget();
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
      parts.assets.forget();
      await Promise.all([expire(), withdraw()]);
    },

    tidy: watches.tidy,

    async close() {
      isClosing = true;
      unsubscribe();
      watches.stop();
      await Promise.all(rounds.map((round) => round.stop()));
      await watches.whenIdle();
      // Without it the next start looks at a little more than it must.
      await watches
        .saveCheckpoints()
        .catch((err: unknown) => log.warn({ err }, 'the checkpoints were not stored'));
    },
  };
}

/** Runs a task until it succeeded once; calls at the same time share one attempt. */
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
