import type { MessagingSettings } from '../config/settings.ts';
import type { ServerTime } from '../core/clock.ts';
import type { MessageBus } from './message-bus.ts';
import { createInProcessBus } from './message-bus.ts';

/** The listener for outages. */
export interface OpenBusOptions {
  /** Called when the server is lost; the bus reconnects by itself. */
  readonly onTrouble: (error: Error) => void;
  /** Called about once a minute with the time of the server. */
  readonly onServerTime?: (time: ServerTime) => void;
}

/**
 * Opens the message bus of the settings. Without a Redis server it reaches only this process, and processes find the
 * changes of others by polling.
 */
export async function openMessageBus(
  { REDIS_URL }: MessagingSettings,
  { onTrouble, onServerTime }: OpenBusOptions,
): Promise<MessageBus> {
  if (!REDIS_URL) return createInProcessBus();
  // Loaded only when it is used: the client library takes memory and start time.
  const { createRedisBus } = await import('./redis/redis-bus.ts');
  return createRedisBus({ url: REDIS_URL, onTrouble, onServerTime });
}
