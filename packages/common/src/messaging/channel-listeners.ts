import type { MessageListener } from './message-bus.ts';

/** Who in this process listens on which channel. */
export interface ChannelListeners {
  /** Returns what takes the listener away again. */
  add(channel: string, listener: MessageListener): () => void;
  has(channel: string): boolean;
  deliver(channel: string, message: string): void;
  clear(): void;
}

export function createChannelListeners(): ChannelListeners {
  // Each subscription is an object of its own, so that one function may listen twice.
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
      // A copy: who begins to listen meanwhile is not meant, who ends it must not be called any more.
      const present = [...subscriptions];
      for (const subscription of present) {
        if (subscriptions.has(subscription)) subscription.listener(message);
      }
    },
    clear: () => byChannel.clear(),
  };
}
