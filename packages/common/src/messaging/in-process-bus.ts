import { createChannelListeners } from './channel-listeners.ts';
import type { MessageBus } from './message-bus.ts';

/** Creates the message bus of a platform that runs in one process. */
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
