import { z } from 'zod';

/** Messages that may wait for a slow receiver. Further ones are dropped, so that a hung process fills no memory. */
const MAX_UNSENT_MESSAGES = 1_000;

const envelopeSchema = z.object({ topic: z.string(), body: z.unknown() });

/** The connection between a worker and its parent, as either of them sees it. */
export interface WorkerLink {
  /**
   * Sends a message, a value that JSON can hold. Messages arrive in order.
   * @returns false when it is dropped, because the other end has ended or does not keep up
   */
  send(topic: string, body: unknown): boolean;
  /** Calls the listener with each message on a topic. Returns a function that removes it. */
  on(topic: string, listener: (body: unknown) => void): () => void;
}

/** One end of a channel between two processes. */
export interface ChannelEnd {
  /** Sends a message, and calls `done` when it is sent or has failed. */
  send(message: object, done: () => void): void;
  listen(listener: (message: unknown) => void): void;
}

/** Creates the link over one end of a channel. */
export function createWorkerLink(channel: ChannelEnd): WorkerLink {
  const listeners = new Map<string, Set<(body: unknown) => void>>();
  let unsent = 0;
  const sent = (): void => {
    unsent -= 1;
  };
  channel.listen((message) => {
    const envelope = envelopeSchema.safeParse(message);
    if (!envelope.success) return;
    for (const listener of listeners.get(envelope.data.topic) ?? []) listener(envelope.data.body);
  });

  return {
    send(topic, body) {
      if (unsent >= MAX_UNSENT_MESSAGES) return false;
      unsent += 1;
      channel.send({ topic, body }, sent);
      return true;
    },
    on(topic, listener) {
      const ofTopic = listeners.get(topic) ?? new Set();
      listeners.set(topic, ofTopic.add(listener));
      return () => ofTopic.delete(listener);
    },
  };
}
