import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';

/** How long requests in flight may take to finish once shutdown began. */
const DRAIN_DEADLINE_MILLISECONDS = 8_000;
const IDLE_SWEEP_INTERVAL_MILLISECONDS = 50;

/** Whether this process is on its way out; shared by all apps in it. */
export interface Drain {
  readonly isDraining: boolean;
  begin(): void;
  /** Calls the listener when it begins, at once when it has begun. Returns what takes the listener away again. */
  onBegin(listener: () => void): () => void;
}

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

/** While draining, every answer tells its client to connect elsewhere next time. */
export function closeConnectionsWhenDraining(app: FastifyInstance, drain: Drain): void {
  app.addHook('onRequest', (_request, reply, done) => {
    if (drain.isDraining) void reply.header('connection', 'close');
    done();
  });
}

/**
 * Stops a listening app without resetting a request in flight: stop accepting, answer what was accepted, close
 * sockets as they fall idle, and cut what is left at the deadline. Fastify's own close would wait for every idle
 * keep-alive socket of the clients.
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
