import type { MessageListener } from './message-bus.ts';

/** The listeners of this process by channel. */
export interface ChannelListeners {
  /** Adds a listener. Returns a function that removes it. */
  add(channel: string, listener: MessageListener): () => void;
  has(channel: string): boolean;
  deliver(channel: string, message: string): void;
  clear(): void;
}

/** Creates an empty set of listeners. */
export function createChannelListeners(): ChannelListeners {
  // Each subscription is a separate object, so that one function may listen twice.
  const byChannel = new Map<string, Set<{ readonly listener: MessageListener }>>();

  return {
    add(channel, listener) {
      const subscription = { listener };
      const subscriptions = byChannel.get(channel) ?? new Set();
      byChannel.set(channel, subscriptions.add(subscription));
      return () => {
        subscriptions.delete(subscription);
        if (subscriptions.size === 0 && byChannel.get(channel) === subscriptions) byChannel.delete(channel);
      };
    },
    has: (channel) => byChannel.has(channel),
    deliver(channel, message) {
      const subscriptions = byChannel.get(channel);
      if (!subscriptions) return;
      // A copy: listeners added during the delivery are not called, and listeners removed during it are skipped.
      const present = [...subscriptions];
      for (const subscription of present) {
        if (subscriptions.has(subscription)) subscription.listener(message);
      }
    },
    clear: () => byChannel.clear(),
  };
}
