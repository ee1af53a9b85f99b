import { setImmediate } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { ServerTime } from '../../core/clock.ts';
import { reportRedisTime, watchRedis } from '../../process/redis-state.ts';
import type { BusLink, MessageBus } from '../message-bus.ts';
import { createChannelListeners } from '../message-bus.ts';

/** Several platforms may share a server, and channels span all its databases. */
const CHANNEL_PREFIX = 'cnop:';
const CONNECT_TIMEOUT_MILLISECONDS = 2_000;
const MAX_RETRY_DELAY_MILLISECONDS = 2_000;
const RETRY_STEP_MILLISECONDS = 100;
/** The time that `close` waits for published messages to be sent. */
const CLOSE_TIMEOUT_MILLISECONDS = 500;

/** The server of a message bus. */
export interface RedisBusOptions {
  readonly url: URL;
  /** Called once for each outage of the server. */
  readonly onTrouble: (error: Error) => void;
  /** Called with the time of the server after each connection and about once a minute. */
  readonly onServerTime?: ((time: ServerTime) => void) | undefined;
}

/**
 * Creates the message bus of several processes over Redis. It never waits for the server: during an outage messages are
 * lost, and subscriptions resume after it.
 */
export function createRedisBus({ url, onTrouble, onServerTime }: RedisBusOptions): MessageBus {
  const listeners = createChannelListeners();
  const connection = {
    connectTimeout: CONNECT_TIMEOUT_MILLISECONDS,
    retryStrategy: (attempt: number) =>
      Math.min(attempt * RETRY_STEP_MILLISECONDS, MAX_RETRY_DELAY_MILLISECONDS),
  };
  const publisher = new Redis(url.href, {
    ...connection,
    // A message that is late is useless, so none is queued.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // The messages of one turn of the event loop are sent together.
    enableAutoPipelining: true,
  });
  // A subscribed connection accepts no other commands.
  const subscriber = new Redis(url.href, {
    ...connection,
    maxRetriesPerRequest: null,
    // The client's own way ignores no failure: an outage during it would be an unhandled rejection, which ends the process.
    autoResubscribe: false,
  });
  reportOutages([publisher, subscriber], onTrouble);
  const stopTime = onServerTime && reportRedisTime(publisher, onServerTime);
  watchRedis('messages', publisher);
  subscriber.on('ready', () => {
    const channels = listeners.channels().map((channel) => CHANNEL_PREFIX + channel);
    if (channels.length > 0) subscriber.subscribe(...channels).catch(ignore);
  });
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
    async ping() {
      await publisher.ping();
    },
    link: linkOf(subscriber),
    async close() {
      stopTime?.();
      listeners.clear();
      // Messages that were published in this turn are sent at its end.
      await setImmediate();
      const timer = setTimeout(() => publisher.disconnect(), CLOSE_TIMEOUT_MILLISECONDS);
      await publisher.quit().catch(ignore);
      clearTimeout(timer);
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

/** Returns the link of a subscriber, which is up once the server has confirmed its subscriptions. */
function linkOf(subscriber: Redis): BusLink {
  const listeners = new Set<{ readonly listener: () => void }>();
  let isUp = false;
  const confirm = async (): Promise<void> => {
    // The client sends its subscriptions before this, and the server responds in order.
    await subscriber.ping();
    isUp = true;
    for (const { listener } of listeners) listener();
  };
  subscriber.on('ready', () => void confirm().catch(ignore));
  subscriber.on('close', () => {
    isUp = false;
  });
  return {
    isUp: () => isUp,
    onUp(listener) {
      const entry = { listener };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };
}

/** Reports each outage once; the client reports every failed attempt to connect. */
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

/** Ignores a failed message: every listener expects lost messages. */
function ignore(): void {}
