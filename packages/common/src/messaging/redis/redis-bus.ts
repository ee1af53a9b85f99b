import { setImmediate } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createChannelListeners } from '../channel-listeners.ts';
import type { MessageBus } from '../message-bus.ts';

/** Several platforms may share a server; channels know nothing of its databases. */
const CHANNEL_PREFIX = 'cnop:';
const CONNECT_TIMEOUT_MILLISECONDS = 2_000;
const MAX_RETRY_DELAY_MILLISECONDS = 2_000;
const RETRY_STEP_MILLISECONDS = 100;
/** How long what was published last may take to leave. */
const CLOSE_TIMEOUT_MILLISECONDS = 500;

export interface RedisBusOptions {
  readonly url: URL;
  /** Told once for each time that the server is lost. */
  readonly onTrouble: (error: Error) => void;
}

/**
 * The bus of many processes. It never keeps anybody waiting for the server: while that is away, messages are lost,
 * and subscriptions come back with it.
 */
export function createRedisBus({ url, onTrouble }: RedisBusOptions): MessageBus {
  const listeners = createChannelListeners();
  const connection = {
    connectTimeout: CONNECT_TIMEOUT_MILLISECONDS,
    retryStrategy: (attempt: number) =>
      Math.min(attempt * RETRY_STEP_MILLISECONDS, MAX_RETRY_DELAY_MILLISECONDS),
  };
  const publisher = new Redis(url.href, {
    ...connection,
    // A message that is old by the time it can be sent is worth nothing.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // The messages of one turn of the event loop leave together.
    enableAutoPipelining: true,
  });
  // While a connection listens it can do nothing else.
  const subscriber = new Redis(url.href, { ...connection, maxRetriesPerRequest: null });
  reportOutages([publisher, subscriber], onTrouble);
  subscriber.on('message', (channel: string, message: string) => {
    listeners.deliver(channel.slice(CHANNEL_PREFIX.length), message);
  });

  return {
    publish(channel, message) {
      if (publisher.status === 'ready') publisher.publish(CHANNEL_PREFIX + channel, message).catch(ignore);
    },
    subscribe(channel, listener) {
      if (!listeners.has(channel)) subscriber.subscribe(CHANNEL_PREFIX + channel).catch(ignore);
      const remove = listeners.add(channel, listener);
      return () => {
        remove();
        if (!listeners.has(channel)) subscriber.unsubscribe(CHANNEL_PREFIX + channel).catch(ignore);
      };
    },
    async close() {
      listeners.clear();
      // What was published in this turn leaves at its end.
      await setImmediate();
      const timer = setTimeout(() => publisher.disconnect(), CLOSE_TIMEOUT_MILLISECONDS);
      await publisher.quit().catch(ignore);
      clearTimeout(timer);
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

/** The client reports every failed attempt to connect, which for an hour of outage is thousands. */
function reportOutages(clients: readonly Redis[], onTrouble: (error: Error) => void): void {
  for (const client of clients) {
    let isKnown = false;
    client.on('error', (error: Error) => {
      if (!isKnown) onTrouble(error);
      isKnown = true;
    });
    client.on('ready', () => {
      isKnown = false;
    });
  }
}

/** A message that could not be sent is a lost message, which everybody expects. */
function ignore(): void {}
