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

  /** Resolves when the server of the bus answers; missing in a bus without a server. */
  ping?(): Promise<void>;

  /** The connection to the server of the bus; missing in a bus without a server, which reaches this process alone. */
  readonly link?: BusLink;

  /** Delivers the published messages as far as possible within a short time, and none after that. */
  close(): Promise<void>;
}

/** The connection of a process to the server of its message bus. */
export interface BusLink {
  /** Returns whether messages of other processes arrive now, as far as this process knows. */
  isUp(): boolean;
  /**
   * Calls the listener whenever the subscriptions of this process are in force again: messages until then may be lost.
   * Returns a function that ends this.
   */
  onUp(listener: () => void): () => void;
}

/**
 * Creates the message bus of a platform that runs in one process. It delivers a message before the responses of the turn
 * in which it was published, so that a client that knows of a change meets no cache without it.
 * @see docs/adr/0023-orders-read-assets-from-memory.md
 */
export function createInProcessBus(): MessageBus {
  const listeners = createChannelListeners();
  let pending: (readonly [channel: string, message: string])[] = [];

  function deliverAll(): void {
    const messages = pending;
    pending = [];
    for (const [channel, message] of messages) listeners.deliver(channel, message);
  }

  return {
    publish(channel, message) {
      if (!listeners.has(channel)) return;
      // The messages of a burst of commits are delivered together.
      if (pending.length === 0) setImmediate(deliverAll);
      pending.push([channel, message]);
    },
    subscribe: (channel, listener) => listeners.add(channel, listener),
    async close() {
      deliverAll();
      listeners.clear();
    },
  };
}

/** The listeners of this process by channel. */
export interface ChannelListeners {
  /** Adds a listener. Returns a function that removes it. */
  add(channel: string, listener: MessageListener): () => void;
  has(channel: string): boolean;
  /** Returns the channels that have a listener. */
  channels(): string[];
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
    channels: () => [...byChannel.keys()],
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
