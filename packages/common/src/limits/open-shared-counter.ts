import type { MessagingSettings } from '../config/settings.ts';
import type { SharedCounter } from './shared-counter.ts';

/** Opens the counter that the settings name; without a server there is none, and each process counts for itself. */
export async function openSharedCounter(
  { REDIS_URL }: MessagingSettings,
  { onTrouble }: { readonly onTrouble: (error: Error) => void },
): Promise<SharedCounter | undefined> {
  if (!REDIS_URL) return undefined;
  // Loaded only when it is chosen, as the stores are.
  const { createRedisSharedCounter } = await import('./redis/redis-shared-counter.ts');
  return createRedisSharedCounter({ url: REDIS_URL, onTrouble });
}
