import { networkOf, widerNetworksOf } from '@cnop/common/auth/client-address';
import type { FairQueue } from '@cnop/common/scheduling/fair-queue';
import { createFairQueue } from '@cnop/common/scheduling/fair-queue';
import { RateLimitedError } from '@cnop/exception/errors';

/** Who waits for the password process: an owner in a network of an earlier success, others who sign in, who sign up. */
const LANES = ['known network', 'sign-in', 'sign-up'] as const;
export type PasswordLane = (typeof LANES)[number];
/** At cost 12 and one thread the last of a lane waits seven seconds, with all lanes full three times as long. */
const MAX_WAITING = 32;
/** Seconds a client is told to wait when its lane is full. */
const RETRY_AFTER_SECONDS = 2;

/** Turns at the password process, shared between lanes and between networks. */
export interface PasswordTurns {
  /** @throws RateLimitedError (429) when the lane is full and the network has its share of it */
  pass<T>(lane: PasswordLane, address: string, work: () => Promise<T>): Promise<T>;
}

/**
 * Creates the queue in front of the password process: a flood of sign-ups refuses no sign-in, and many requests from one
 * network refuse none from another. An IPv6 network is the /48 here, the most that one customer gets.
 */
export function createPasswordTurns(slots: number, maxWaiting = MAX_WAITING): PasswordTurns {
  const queue: FairQueue<PasswordLane> = createFairQueue({
    slots,
    lanes: LANES,
    maxWaiting,
    fullError: () => new RateLimitedError(RETRY_AFTER_SECONDS, 'Too many sign-ins at once.'),
  });
  return {
    pass: (lane, address, work) =>
      queue.pass({ lane, group: widerNetworksOf(address).at(-1) ?? networkOf(address) }, work),
  };
}
