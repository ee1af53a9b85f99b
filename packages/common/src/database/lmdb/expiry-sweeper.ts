import type { Key } from 'lmdb';
import type { Clock } from '../../core/clock.ts';
import { epochSeconds } from '../../core/clock.ts';
import type { TableName } from '../tables.ts';
import { removeStored } from './apply-write.ts';
import type { Environment } from './environment.ts';
import { createLogSweeper } from './log-sweeper.ts';
import { findStored } from './places.ts';

const SWEEP_INTERVAL_MILLISECONDS = 60_000;
/** Small, so that a sweep delays orders only briefly. */
const MAX_ITEMS_PER_SWEEP = 500;

/** Deletes one batch of expired items from the expiry list, and returns their number. */
export async function sweepExpired(environment: Environment, nowEpochSeconds: number): Promise<number> {
  const expired = [...environment.expiry.getKeys({ end: [nowEpochSeconds], limit: MAX_ITEMS_PER_SWEEP })];
  if (expired.length === 0) return 0;
  await environment.root.childTransaction(() => {
    for (const entry of expired) removeIfStillExpired(environment, entry);
  });
  return expired.length;
}

/** Deletes an item unless it was replaced since the list was read. */
function removeIfStillExpired(environment: Environment, entry: Key[]): void {
  const [expiresAt, table, pk, sk] = entry as [number, TableName, string, string];
  const stored = findStored(environment, { table, pk, sk });
  if (stored?.e === expiresAt) removeStored(environment, { table, pk, sk }, stored);
}

/**
 * Deletes expired items once a minute, which DynamoDB does by itself. Returns a function that stops it.
 * @param isPaused returns true while the store refuses writes
 */
export function startExpirySweeper(
  environment: Environment,
  clock: Clock,
  isPaused: () => boolean = () => false,
): () => void {
  const logs = createLogSweeper(environment);
  const sweep = async (nowEpochSeconds: number): Promise<void> => {
    await sweepExpired(environment, nowEpochSeconds);
    await logs.sweep(nowEpochSeconds);
  };
  let sweeping: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    if (isPaused()) return;
    sweeping = sweep(epochSeconds(clock.now())).catch(() => undefined);
  }, SWEEP_INTERVAL_MILLISECONDS);
  timer.unref();
  return () => {
    clearInterval(timer);
    void sweeping;
  };
}
