import type { OrderId } from '@cnop/common/core/brands';
import { defineGauge } from '@cnop/common/core/figures';

/** The least and the most time that a lagging engine waits; random, so that two of them do not meet. */
const LAG_MILLISECONDS = { least: 700, most: 1_500 };
/**
 * Own fills are remembered, since an index may still show an order that was just filled: the last ones of a generation, and
 * those of the generation before.
 */
const FILLS_OF_A_GENERATION = 5_000;

const showLag = defineGauge({
  name: 'cnop_trigger_engine_lagging',
  help: '1 while the trigger engine leaves triggered orders to another engine first.',
  labelNames: [],
});

/**
 * The pace of one of several engines over one store. An engine that finds an order filled by another one lags from then on:
 * it looks at quotes a little later, and only at orders that the other one has left open and makes no progress with. When it
 * fills one of these, the other one has gone, and it stops lagging. So one engine works while the others stand by, without
 * any agreement.
 */
export interface Pace {
  /** Notes that this engine filled an order. */
  won(orderId: OrderId): void;
  /** Notes that an order which this engine was going to fill was filled before. */
  lost(orderId: OrderId): void;
  isLagging(): boolean;
  /** Returns how long to wait before a new quote is processed, in milliseconds. */
  delayMilliseconds(): number;
}

/** Creates the pace of an engine that does not lag. */
export function createPace(random: () => number = Math.random): Pace {
  let ownFills = new Set<OrderId>();
  let earlierFills: ReadonlySet<OrderId> = new Set();
  let isLagging = false;
  const lag = (now: boolean): void => {
    isLagging = now;
    showLag({}, now ? 1 : 0);
  };

  return {
    won(orderId) {
      ownFills.add(orderId);
      if (ownFills.size >= FILLS_OF_A_GENERATION) {
        earlierFills = ownFills;
        ownFills = new Set();
      }
      if (isLagging) lag(false);
    },

    lost(orderId) {
      if (!isLagging && !ownFills.has(orderId) && !earlierFills.has(orderId)) lag(true);
    },

    isLagging: () => isLagging,

    delayMilliseconds() {
      const { least, most } = LAG_MILLISECONDS;
      return isLagging ? least + random() * (most - least) : 0;
    },
  };
}
