import type { MessagingSettings } from '../config/settings.ts';
import type { ServerTime } from '../core/clock.ts';
import type { SharedCounter } from './shared-counter.ts';

/** The listeners of a shared counter. */
export interface OpenCounterOptions {
  /** Called when the server is lost; the counter reconnects by itself. */
  readonly onTrouble: (error: Error) => void;
  /** Called about once a minute with the time of the server. */
  readonly onServerTime: (time: ServerTime) => void;
}

/**
 * Opens the shared counter on the Redis server of the settings. Returns undefined without one: each process then counts
 * alone.
 */
export async function openSharedCounter(
  { REDIS_URL }: MessagingSettings,
  options: OpenCounterOptions,
): Promise<SharedCounter | undefined> {
  if (!REDIS_URL) return undefined;
  // Loaded only when it is used: the client library takes memory and start time.
  const { createRedisSharedCounter } = await import('./redis/redis-shared-counter.ts');
  return createRedisSharedCounter({ url: REDIS_URL, ...options });
}
