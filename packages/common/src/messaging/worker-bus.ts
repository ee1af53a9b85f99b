import type { MessageBus } from './message-bus.ts';
import { createInProcessBus } from './message-bus.ts';
import type { WorkerLink } from './worker-link.ts';

const TOPIC = 'bus';
/** The time in which messages are collected. Each message between processes costs more than a hundred hints in it. */
const COLLECT_MILLISECONDS = 10;

/**
 * Creates the message bus of one of several workers. Listeners of this worker get messages as in a platform of one process;
 * the parent relays them to the other workers, those of ten milliseconds together.
 * @see docs/adr/0053-workers-share-one-store.md
 */
export function createWorkerBus(link: WorkerLink): MessageBus {
  const local = createInProcessBus();
  let outgoing: (readonly [channel: string, message: string])[] = [];
  let isClosed = false;

  const flush = (): void => {
    const messages = outgoing;
    outgoing = [];
    if (messages.length > 0) link.send(TOPIC, messages);
  };
  const leave = link.on(TOPIC, (body) => {
    for (const [channel, message] of messagesOf(body)) local.publish(channel, message);
  });

  return {
    publish(channel, message) {
      if (isClosed) return;
      local.publish(channel, message);
      if (outgoing.length === 0) setTimeout(flush, COLLECT_MILLISECONDS);
      outgoing.push([channel, message]);
    },
    subscribe: local.subscribe,
    async close() {
      isClosed = true;
      leave();
      flush();
      await local.close();
    },
  };
}

/** Returns the messages of another worker. A schema would take longer than the delivery. */
function* messagesOf(body: unknown): Generator<readonly [channel: string, message: string]> {
  if (!Array.isArray(body)) return;
  for (const [channel, message] of body) {
    if (typeof channel === 'string' && typeof message === 'string') yield [channel, message];
  }
}

/** Relays messages between workers, in their parent. */
export interface BusRelay {
  /** Adds a worker. Returns a function that removes it. */
  join(link: WorkerLink): () => void;
}

/** Creates the relay of the workers of this process. It passes messages on as they are. */
export function createBusRelay(): BusRelay {
  const links = new Set<WorkerLink>();
  return {
    join(link) {
      links.add(link);
      const stop = link.on(TOPIC, (messages) => {
        for (const other of links) if (other !== link) other.send(TOPIC, messages);
      });
      return () => {
        stop();
        links.delete(link);
      };
    },
  };
}
