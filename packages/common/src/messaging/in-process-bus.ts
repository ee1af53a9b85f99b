import { createChannelListeners } from './channel-listeners.ts';
import type { MessageBus } from './message-bus.ts';

/** The bus of a process that has everybody in it. */
export function createInProcessBus(): MessageBus {
  const listeners = createChannelListeners();
  let waiting: (readonly [channel: string, message: string])[] = [];

  function deliverAll(): void {
    const messages = waiting;
    waiting = [];
    for (const [channel, message] of messages) listeners.deliver(channel, message);
  }

  return {
    publish(channel, message) {
      if (!listeners.has(channel)) return;
      // One turn of the event loop delivers all that a burst of commits has to say.
      if (waiting.length === 0) setImmediate(deliverAll);
      waiting.push([channel, message]);
    },
    subscribe: (channel, listener) => listeners.add(channel, listener),
    async close() {
      deliverAll();
      listeners.clear();
    },
  };
}
