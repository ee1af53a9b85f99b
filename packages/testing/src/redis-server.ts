import { tmpdir } from 'node:os';
import { hasRedisServer, redisServer, sendToRedis } from '@cnop/standalone/cluster/programs';
import { createSupervisor } from '@cnop/standalone/cluster/supervisor';
import { freePort } from './system/free-port.ts';

/** An empty Redis server without persistence. */
export interface RedisServer {
  readonly url: URL;
  /** Kills the server; it can be started again on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Makes the server hang: it accepts data and does not respond until `goOn`. */
  pause(): void;
  goOn(): void;
  /** Sends one command as a line of text and returns the first line of the response. */
  send(command: string): Promise<string>;
}

/** Returns why no Redis is available for tests, or undefined when one is. */
export function whyNoRedis(): string | undefined {
  return hasRedisServer() ? undefined : 'no Redis to test against: install redis-server';
}

/** Starts a server on a free port. Call `whyNoRedis` first. */
export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  const places = { cwd: tmpdir(), logFolder: undefined, env: { PATH: process.env['PATH'] ?? '' } };
  const server = createSupervisor().add(redisServer(port, places));
  await server.start();
  return {
    url: new URL(`redis://127.0.0.1:${port}`),
    async start() {
      await server.start();
    },
    send: (command) => sendToRedis(port, command),
    pause: () => server.signal('SIGSTOP'),
    goOn: () => server.signal('SIGCONT'),
    async stop() {
      await server.stop('SIGKILL');
    },
  };
}
