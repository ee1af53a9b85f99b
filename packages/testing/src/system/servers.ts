import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import type { NodeProcess, NodeProcessOptions } from './node-process.ts';
import { startNode } from './node-process.ts';

export const CLI = 'apps/standalone/dist/cli.js';
export const ADMIN_PASSWORD = 'Administrator-1';
/** A busy machine takes long to start several processes at once. */
const READY_TIMEOUT_MILLISECONDS = 120_000;
const POLL_MILLISECONDS = 5;

/**
 * The settings of servers under test: cheap hashes, no rate limits, and no second administrator for a large price
 * change. Tests set all prices, so that amounts are known.
 */
export const TEST_ENV = {
  PRICE_FEED: 'manual',
  PRICE_MANUAL_MAX_PERCENT: '999999999',
  LOG_LEVEL: 'error',
  BCRYPT_COST: '4',
  RATE_LIMIT_AUTH: '0',
  RATE_LIMIT_ORDERS: '0',
  RATE_LIMIT_READS: '0',
} as const;

/** Restores the defaults of some settings: an empty variable counts as absent. */
export const DEFAULT_ENV = { ADMIN_PASSWORD: '', BCRYPT_COST: '', LOG_LEVEL: '' } as const;

type Env = Readonly<Record<string, string>>;

/** A running server. */
export interface Server {
  /** The address of the server, without a trailing slash. */
  readonly url: string;
  readonly process: NodeProcess;
  /** The time from the start of the process to the first ready response. */
  readonly startMilliseconds: number;
}

/** The data and the settings of a standalone server. */
export interface StandaloneOptions {
  readonly dataDir: string;
  readonly port?: number;
  readonly env?: Env;
}

/** Starts the whole platform in one process, as `npm start` does, without waiting until it is ready. */
export function spawnStandalone({ dataDir, port = 0, env }: StandaloneOptions): NodeProcess {
  return startNode({
    script: CLI,
    args: ['start'],
    cwd: dataDir,
    env: { ...TEST_ENV, ADMIN_PASSWORD, DATA_DIR: dataDir, PORT: String(port), ...env },
  });
}

/** Starts the whole platform in one process and waits until it is ready. */
export async function startStandaloneServer(options: StandaloneOptions): Promise<Server> {
  const port = options.port ?? (await freePort());
  return whenReady(port, () => spawnStandalone({ ...options, port }));
}

/** Starts a server and waits until it is ready. */
export async function startServer(
  options: Omit<NodeProcessOptions, 'env'> & { readonly env?: Env },
): Promise<Server> {
  const port = await freePort();
  const env = { ...TEST_ENV, ...options.env, PORT: String(port) };
  return whenReady(port, () => startNode({ ...options, env }));
}

async function whenReady(port: number, start: () => NodeProcess): Promise<Server> {
  const startedAt = performance.now();
  const process = start();
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(url, process);
  return { url, process, startMilliseconds: performance.now() - startedAt };
}

/** @throws Error with the output of the process when it ends or is not ready in time */
async function waitUntilReady(url: string, process: NodeProcess): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MILLISECONDS;
  while (performance.now() < deadline && !process.hasEnded) {
    try {
      const answer = await fetch(`${url}/health/ready`, {
        signal: AbortSignal.timeout(READY_TIMEOUT_MILLISECONDS),
      });
      await answer.body?.cancel();
      if (answer.status === 200) return;
    } catch {
      // It does not listen yet.
    }
    await wait(POLL_MILLISECONDS);
  }
  await process.stop();
  throw new Error(`the server did not get ready:\n${process.stdout()}${process.stderr()}`);
}
