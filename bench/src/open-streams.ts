import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { Trader } from './standalone-under-load.ts';

const PATH = '/api/v1/stream?prices=all';
/** Files that a process has open anyway. */
const OTHER_FILES = 200;
/** Connections that are made at once. */
const OPENED_TOGETHER = 50;

/** Streams that are open, read by a client that does as little as it can: it shares the machine with the server. */
export interface OpenStreams {
  /** Resolves with the moment, on the clock of `performance.now`, at which the text had arrived on every stream. */
  whenAllHave(text: string): Promise<number>;
  close(): void;
}

/** Opens one stream for each trader. */
export async function openStreams(url: string, traders: readonly Trader[]): Promise<OpenStreams> {
  assertFilesAllowed(traders.length);
  const sockets: Socket[] = [];
  for (let first = 0; first < traders.length; first += OPENED_TOGETHER) {
    const some = traders.slice(first, first + OPENED_TOGETHER);
    sockets.push(...(await Promise.all(some.map((trader) => openStream(url, trader)))));
  }
  const missing = new Set<Socket>();
  let awaited: Buffer = Buffer.of();
  let arrived: (atMilliseconds: number) => void = () => undefined;
  for (const socket of sockets) {
    socket.on('data', (chunk) => {
      if (!missing.has(socket) || !chunk.includes(awaited)) return;
      missing.delete(socket);
      if (missing.size === 0) arrived(performance.now());
    });
  }
  return {
    whenAllHave: (text) =>
      new Promise((resolve) => {
        awaited = Buffer.from(text);
        arrived = resolve;
        for (const socket of sockets) missing.add(socket);
      }),
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function openStream(url: string, { authorization }: Trader): Promise<Socket> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${PATH} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\n\r\n`);
  const [head] = (await once(socket, 'data')) as [Buffer];
  if (!head.toString('latin1').startsWith('HTTP/1.1 200')) throw new Error(`no stream: ${head.toString()}`);
  return socket;
}

/** @throws Error where the system allows a process fewer files; Node has raised its own limit as far as it may */
function assertFilesAllowed(streams: number): void {
  const allowed = Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  if (allowed < streams + OTHER_FILES) {
    throw new Error(
      `${streams} streams need ${streams + OTHER_FILES} open files, and ${allowed} are allowed`,
    );
  }
}
