import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below what Linux gives to outgoing connections: on those, a client of ours could sit on the port of a server that
 * is about to start again.
 */
const FIRST_PORT = 15_000;
/** Each worker of the tests has a range of its own, so that none takes a port whose server is about to start again. */
const PORTS_PER_WORKER = 900;
const WORKERS = 16;
const firstPort = FIRST_PORT + (Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS) * PORTS_PER_WORKER;
let asked = Math.floor(Math.random() * PORTS_PER_WORKER);

/** A port of this machine that nobody listens on; not one that this process got of late. */
export async function freePort(): Promise<number> {
  for (let i = 0; i < PORTS_PER_WORKER; i++) {
    const port = firstPort + (asked++ % PORTS_PER_WORKER);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
