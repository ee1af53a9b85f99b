import { networkOf, widerNetworksOf } from '@cnop/common/auth/client-address';
import { defineGauge } from '@cnop/common/core/figures';
import type { FairQueue } from '@cnop/common/scheduling/fair-queue';
import { createFairQueue } from '@cnop/common/scheduling/fair-queue';
import { RateLimitedError } from '@cnop/exception/errors';

/** Lanes of the password queue: sign-ins from a network of an earlier success, other sign-ins, and sign-ups. */
const LANES = ['known network', 'sign-in', 'sign-up'] as const;
type PasswordLane = (typeof LANES)[number];
/** With bcrypt cost 12 on one thread the last of a lane waits 7 s, or three times as long while all lanes are full. */
const MAX_WAITING = 32;
/** `Retry-After` when a lane is full. */
const RETRY_AFTER_SECONDS = 2;

const showLength = defineGauge({
  name: 'cnop_password_queue_length',
  help: 'Requests that wait for the password process or are with it.',
  labelNames: [],
});

/** The queue in front of the password process, shared fairly between lanes and between networks. */
export interface PasswordQueue {
  /**
   * Runs password work when its turn comes.
   * @throws RateLimitedError (429) when the lane is full and the network has used its share
   */
  run<T>(lane: PasswordLane, address: string, work: () => Promise<T>): Promise<T>;
}

/**
 * Creates the password queue. A flood of sign-ups makes it refuse no sign-in, and a flood from one network no request from
 * another. An IPv6 client counts by its /48, the largest network that a provider gives one customer.
 * @param slots passwords that are hashed at the same time
 * @param maxWaiting requests that may wait in each lane
 */
export function createPasswordQueue(slots: number, maxWaiting = MAX_WAITING): PasswordQueue {
  const queue: FairQueue<PasswordLane> = createFairQueue({
    slots,
    lanes: LANES,
    maxWaiting,
    fullError: () => new RateLimitedError(RETRY_AFTER_SECONDS, 'Too many sign-ins at once.'),
  });
  let inside = 0;
  const count = (change: 1 | -1): void => {
    inside += change;
    showLength({}, inside);
  };
  return {
    async run(lane, address, work) {
      count(1);
      try {
        return await queue.pass({ lane, group: widerNetworksOf(address).at(-1) ?? networkOf(address) }, work);
      } finally {
        count(-1);
      }
    },
  };
}
