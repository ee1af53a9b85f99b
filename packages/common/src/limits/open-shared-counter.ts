import type { MessagingSettings } from '../config/settings.ts';
import type { SharedCounter } from './shared-counter.ts';

/**
 * Opens the shared counter on the Redis server of the settings. Returns undefined without one: each process then counts
 * alone.
 * @param onTrouble called when the server is lost; the counter reconnects by itself
 */
export async function openSharedCounter(
  { REDIS_URL }: MessagingSettings,
  { onTrouble }: { readonly onTrouble: (error: Error) => void },
): Promise<SharedCounter | undefined> {
  if (!REDIS_URL) return undefined;
  // Loaded only when it is used: the client library takes memory and start time.
  const { createRedisSharedCounter } = await import('./redis/redis-shared-counter.ts');
  return createRedisSharedCounter({ url: REDIS_URL, onTrouble });
}
