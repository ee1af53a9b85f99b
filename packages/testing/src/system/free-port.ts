import { once } from 'node:events';
import type { Server } from 'node:net';
import { isFreePort } from '@cnop/standalone/cluster/free-ports';

/**
 * Below the range that Linux uses for outgoing connections, which could take the port of a server that is about to
 * restart.
 */
const FIRST_PORT = 15_000;
/** Each test worker has its own range, so that none takes the port of a server that is about to restart. */
const PORTS_PER_WORKER = 900;
const WORKERS = 16;
const firstPort = FIRST_PORT + (Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS) * PORTS_PER_WORKER;
let asked = Math.floor(Math.random() * PORTS_PER_WORKER);

/**
 * Returns a free port that this process has not used recently.
 * @throws Error when all ports of this worker are taken
 */
export async function freePort(): Promise<number> {
  for (let i = 0; i < PORTS_PER_WORKER; i++) {
    const port = firstPort + (asked++ % PORTS_PER_WORKER);
    if (await isFreePort(port)) return port;
  }
  throw new Error('no free port');
}

/**
 * Listens on a port that the system chooses.
 * @returns the origin, such as `http://127.0.0.1:40123`
 */
export async function listenOnAnyPort(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}
