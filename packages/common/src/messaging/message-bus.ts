/** Receives the messages of a channel. */
export type MessageListener = (message: string) => void;

/**
 * Notifies other parts of the platform of changes, in this process and in others.
 *
 * A message arrives at most once and may be lost, so a listener must also work without it, only later. A message is a
 * hint, not a source of truth. Every adapter passes the same contract suite.
 */
export interface MessageBus {
  /**
   * Sends a message to all listeners of the channel. It never throws and never waits; listeners run later, so that they
   * neither delay the publisher nor make it fail.
   */
  publish(channel: string, message: string): void;

  /**
   * Calls the listener with every message on the channel from now on; with a server, from shortly after. Messages of
   * one publisher arrive in order. A listener must not throw. Returns a function that ends the subscription.
   */
  subscribe(channel: string, listener: MessageListener): () => void;

  /** Delivers the published messages as far as possible within a short time, and none after that. */
  close(): Promise<void>;
}

/** Creates the message bus of a platform that runs in one process. */
export function createInProcessBus(): MessageBus {
  const listeners = createChannelListeners();
  const delivery = createLaterDelivery<readonly [channel: string, message: string]>(([channel, message]) => {
    listeners.deliver(channel, message);
  });

  return {
    publish(channel, message) {
      if (listeners.has(channel)) delivery.add([channel, message]);
    },
    subscribe: (channel, listener) => listeners.add(channel, listener),
    async close() {
      delivery.flush();
      listeners.clear();
    },
  };
}

/** Collects what is to be delivered in a later turn of the event loop. */
export interface LaterDelivery<T> {
  add(item: T): void;
  /** Delivers at once what was added so far. */
  flush(): void;
}

/**
 * Creates a delivery to listeners that a request must not wait for: it happens after the responses of the turn in which an
 * item was added. The items of a burst of commits are delivered together, in their order.
 * @see docs/adr/0043-responses-are-held-in-a-hook.md
 */
export function createLaterDelivery<T>(deliver: (item: T) => void): LaterDelivery<T> {
  let pending: T[] = [];

  function flush(): void {
    const items = pending;
    pending = [];
    for (const item of items) deliver(item);
  }

  return {
    add(item) {
      // The responses of a turn are sent by the first `setImmediate`.
      if (pending.length === 0) setImmediate(() => setImmediate(flush));
      pending.push(item);
    },
    flush,
  };
}

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
