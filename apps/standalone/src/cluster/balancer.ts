import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { createRepeater } from '@cnop/common/scheduling/repeater';
import { statusOf } from './programs.ts';

const HOST = '127.0.0.1';
const CHECK_EVERY_MILLISECONDS = 250;
const CHECK_TIMEOUT_MILLISECONDS = 1_200;
/** A gateway that is silent so often in a row hangs: its connections are cut, so that clients send their requests again. */
const SILENCES_UNTIL_CUT = 2;
const CONNECT_TIMEOUT_MILLISECONDS = 500;
const UNAVAILABLE =
  'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** One address in front of several gateways. */
export interface Balancer {
  /** The address, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Replaces the gateways. */
  setTargets(origins: readonly string[]): void;
  /** Closes the address and all connections. */
  close(): Promise<void>;
}

interface Target {
  readonly origin: string;
  isReady: boolean;
  /** Checks in a row without an answer. */
  silences: number;
  readonly connections: Set<Socket>;
}

/**
 * Listens on a port and forwards each connection to the ready gateway with the fewest connections, byte by byte. While a
 * gateway is not ready, it gets no new connection; when it does not answer twice, its connections are cut. If none is
 * ready, all are tried, and a client gets 503 when none can be reached.
 *
 * It stands for the load balancer in front of a real cluster, and only serves one machine: gateways see its address as
 * that of every client.
 * @throws Error with the code `EADDRINUSE` when another program uses the port
 */
export async function startBalancer(port: number): Promise<Balancer> {
  let targets: readonly Target[] = [];
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    track(clients, client);
    void forward(client, inOrder(targets));
  });
  const checking = createRepeater({
    everyMilliseconds: CHECK_EVERY_MILLISECONDS,
    act: async () => void (await Promise.all(targets.map(check))),
  });
  server.listen(port, HOST);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the balancer has no port');
  checking.start();

  return {
    url: `http://${HOST}:${address.port}`,
    setTargets(origins) {
      targets = origins.map((origin) => ({ origin, isReady: true, silences: 0, connections: new Set() }));
    },
    async close() {
      await checking.stop();
      server.close();
      for (const client of clients) client.destroy();
      await once(server, 'close');
    },
  };
}

async function check(target: Target): Promise<void> {
  const startedAt = performance.now();
  const status = await statusOf(`${target.origin}/health/ready`, CHECK_TIMEOUT_MILLISECONDS);
  target.isReady = status === 200;
  // A gateway that refuses connections may still complete the requests of those that it has.
  const isSilent = status === undefined && performance.now() - startedAt >= CHECK_TIMEOUT_MILLISECONDS;
  target.silences = isSilent ? target.silences + 1 : 0;
  if (target.silences < SILENCES_UNTIL_CUT) return;
  for (const connection of target.connections) connection.destroy();
}

/** Returns the targets to try in turn: ready ones with few connections first. */
function inOrder(targets: readonly Target[]): Target[] {
  return targets.toSorted(
    (one, other) =>
      Number(other.isReady) - Number(one.isReady) || one.connections.size - other.connections.size,
  );
}

/** Connects a client to the first target that can be reached. No byte of the client is read before. */
async function forward(client: Socket, candidates: readonly Target[]): Promise<void> {
  client.on('error', () => client.destroy());
  for (const target of candidates) {
    const upstream = await open(target);
    if (!upstream) {
      target.isReady = false;
      continue;
    }
    track(target.connections, upstream);
    upstream.on('error', () => upstream.destroy());
    upstream.once('close', () => client.destroySoon());
    client.once('close', () => upstream.destroy());
    if (client.destroyed) return void upstream.destroy();
    client.pipe(upstream).pipe(client);
    return;
  }
  client.end(UNAVAILABLE);
}

async function open({ origin }: Target): Promise<Socket | undefined> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MILLISECONDS) });
    return socket;
  } catch {
    socket.destroy();
    return undefined;
  }
}

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}
