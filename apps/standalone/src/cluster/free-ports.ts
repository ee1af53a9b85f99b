import { once } from 'node:events';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';
const LAST_PORT = 65_535;

/** Returns a function that returns the next free port of this machine at or above a number, each once. */
export function freePortsFrom(first: number): () => Promise<number> {
  let next = first;
  return async () => {
    while (next <= LAST_PORT) {
      const port = next++;
      if (await isFreePort(port)) return port;
    }
    throw new Error(`no port above ${first} is free`);
  };
}

/** Returns whether no program of this machine listens on a port. */
export async function isFreePort(port: number): Promise<boolean> {
  const server = createServer().listen(port, HOST);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
