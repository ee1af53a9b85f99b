export type MessageListener = (message: string) => void;

/**
 * Tells other parts of the platform, in this process and in others, that something is worth a look.
 *
 * A message arrives at most once, and may be lost: whoever acts on one must also find out without it, only later. It
 * says nothing that has to be believed. Every adapter passes the same contract suite.
 */
export interface MessageBus {
  /**
   * Sends a message to all who listen on the channel. It never throws and never waits, and listeners run later, so
   * that whoever reports a change is neither held up nor harmed by those who are interested in it.
   */
  publish(channel: string, message: string): void;

  /**
   * Calls the listener with every message on the channel from now on, or from a moment later where a server has to be
   * told first. Messages of one publisher come in their order. A listener that throws is a bug. Returns what ends it.
   */
  subscribe(channel: string, listener: MessageListener): () => void;

  /** Delivers what was published before, as far as that can be done quickly, and nothing after. */
  close(): Promise<void>;
}
