import type { MessagingSettings } from '../config/settings.ts';
import { createInProcessBus } from './in-process-bus.ts';
import type { MessageBus } from './message-bus.ts';

export interface OpenBusOptions {
  /** Told when the server is lost; the bus goes on trying by itself. */
  readonly onTrouble: (error: Error) => void;
}

/**
 * Opens the bus that the settings name. Without a server of its own it ends at this process, and what happens in
 * others is found out by looking now and then.
 */
export async function openMessageBus(
  { REDIS_URL }: MessagingSettings,
  { onTrouble }: OpenBusOptions,
): Promise<MessageBus> {
  if (!REDIS_URL) return createInProcessBus();
  // Loaded only when it is chosen, as the stores are.
  const { createRedisBus } = await import('./redis/redis-bus.ts');
  return createRedisBus({ url: REDIS_URL, onTrouble });
}
