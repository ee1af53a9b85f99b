import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';

/** The time that requests in flight have after the shutdown begins. */
const DRAIN_DEADLINE_MILLISECONDS = 8_000;
const IDLE_SWEEP_INTERVAL_MILLISECONDS = 50;

/** The shutdown state of this process, shared by all its apps. */
export interface Drain {
  readonly isDraining: boolean;
  begin(): void;
  /**
   * Calls the listener when the drain begins, or at once if it has begun. Returns a function that removes the listener.
   */
  onBegin(listener: () => void): () => void;
}

/** Creates a drain that has not begun. */
export function createDrain(): Drain {
  const listeners = new Set<() => void>();
  let isDraining = false;
  return {
    get isDraining() {
      return isDraining;
    },
    begin() {
      isDraining = true;
      for (const listener of listeners) listener();
      listeners.clear();
    },
    onBegin(listener) {
      if (isDraining) listener();
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Makes an app send `connection: close` with every response while it drains, so that clients reconnect elsewhere. */
export function closeConnectionsWhenDraining(app: FastifyInstance, drain: Drain): void {
  app.addHook('onRequest', (_request, reply, done) => {
    if (drain.isDraining) void reply.header('connection', 'close');
    done();
  });
}

/**
 * Stops a listening app without resetting a request in flight: it stops accepting connections, answers accepted
 * requests, closes sockets as they become idle, and cuts the rest after 8 seconds. Fastify's own close would wait for
 * every idle keep-alive socket.
 */
export async function drainAndClose(app: FastifyInstance, drain: Drain): Promise<void> {
  drain.begin();
  const { server } = app;
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_INTERVAL_MILLISECONDS);
  const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_DEADLINE_MILLISECONDS);
  try {
    if (server.listening) {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    }
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
  }
}
