import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const START_DEADLINE_MILLISECONDS = 20_000;
const POLL_MILLISECONDS = 20;

/** A running server. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process to its first answer. */
  readonly startMilliseconds: number;
  stop(): Promise<void>;
}

interface ServerCommand {
  /** The arguments of Node, flags first. */
  readonly nodeArguments: readonly string[];
  readonly workingFolder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The path that answers 200 once the server is ready. */
  readonly readyPath: string;
  /** Pins the server to one core, so that the client has the others. */
  readonly core?: number | undefined;
}

/**
 * Starts a server on a free port and waits for its first answer.
 * @throws Error when it ends, or does not answer within 20 seconds
 */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const startedAt = performance.now();
  const node = [process.execPath, ...command.nodeArguments];
  const [file = '', ...args] =
    command.core === undefined ? node : ['taskset', '-c', String(command.core), ...node];
  const child = spawn(file, args, {
    env: { PATH: process.env['PATH'] ?? '', PORT: String(port), HOST: '127.0.0.1', ...command.environment },
    ...(command.workingFolder && { cwd: command.workingFolder }),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await firstAnswer(url + command.readyPath, child);
  return {
    url,
    pid: child.pid ?? 0,
    startMilliseconds: performance.now() - startedAt,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function firstAnswer(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MILLISECONDS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`no answer from ${url} in ${START_DEADLINE_MILLISECONDS} ms`);
}

/** Returns a free port. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
