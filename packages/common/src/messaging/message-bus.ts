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
