import type { MonotonicClock } from '@cnop/common/core/clock';
import { defineGauge } from '@cnop/common/core/figures';
import type { TriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';

/** The age at which an awake engine checks again whether any order is open. */
export const AWAKE_LOOK_MILLISECONDS = 10_000;

const showAwake = defineGauge({
  name: 'cnop_trigger_engine_awake',
  help: '1 while the trigger engine processes quotes, 0 while no order is open.',
  labelNames: [],
});

/**
 * The sleep of an engine while no order is open. Quotes that arrive meanwhile are kept as they are while a store takes no
 * writes, so an order that was accepted before the engine woke misses none of them.
 */
export interface Sleep {
  isAwake(): boolean;
  /** Wakes the engine at once, since an order was accepted. */
  wake(): void;
  /** Checks whether any order is open, unless an awake engine did so recently: wakes the engine, or puts it to sleep. */
  look(): Promise<void>;
}

/** Creates the sleep of an engine that is awake. */
export function createSleep({
  triggerIndex,
  monotonicClock,
  onWake,
}: {
  readonly triggerIndex: Pick<TriggerIndexDao, 'hasOpenOrders'>;
  readonly monotonicClock: MonotonicClock;
  readonly onWake: () => void;
}): Sleep {
  let isAwake = true;
  let lookedAtMilliseconds = monotonicClock.elapsedMilliseconds();
  let wakes = 0;
  showAwake({}, 1);

  const wake = (): void => {
    wakes += 1;
    if (isAwake) return;
    isAwake = true;
    showAwake({}, 1);
    onWake();
  };

  return {
    isAwake: () => isAwake,
    wake,

    async look() {
      const now = monotonicClock.elapsedMilliseconds();
      if (isAwake && now - lookedAtMilliseconds < AWAKE_LOOK_MILLISECONDS) return;
      lookedAtMilliseconds = now;
      const wakesBefore = wakes;
      if (await triggerIndex.hasOpenOrders()) {
        wake();
      } else if (wakes === wakesBefore) {
        // An order that was announced during the look may be missing from it.
        isAwake = false;
        showAwake({}, 0);
      }
    },
  };
}
