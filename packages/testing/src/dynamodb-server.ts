import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './system/free-port.ts';

const READY_TIMEOUT_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 20;

/** A server that speaks the protocol of DynamoDB. */
export interface DynamoDbServer {
  readonly endpoint: string;
  /** Kills the server and starts it again on the same data and port. Only when `isRestartable`. */
  restart(): Promise<void>;
  readonly isRestartable: boolean;
  stop(): Promise<void>;
}

/** The server accepts any keys. */
export const DYNAMODB_SERVER_AWS = {
  region: 'us-east-1',
  keys: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/** Returns why no DynamoDB is available for tests, or undefined when one is. */
export function whyNoDynamoDb(): string | undefined {
  if (process.env['DYNAMODB_ENDPOINT'] !== undefined || binaryPath() !== undefined) return undefined;
  return `no DynamoDB to test against: set DYNAMODB_ENDPOINT, or install the optional package ${packageName()}`;
}

/**
 * Starts a DynamoDB-compatible server on a free port with an empty database, or uses the one that
 * DYNAMODB_ENDPOINT names.
 * @throws Error when there is neither; call `whyNoDynamoDb` first
 */
export async function startDynamoDbServer(): Promise<DynamoDbServer> {
  const endpoint = process.env['DYNAMODB_ENDPOINT'];
  if (endpoint !== undefined) {
    const refuse = () => Promise.reject(new Error('a server of DYNAMODB_ENDPOINT is not restarted'));
    return { endpoint, isRestartable: false, restart: refuse, stop: () => Promise.resolve() };
  }
  const binary = binaryPath();
  if (binary === undefined) throw new Error(whyNoDynamoDb());
  return await startBinary(binary);
}

async function startBinary(binary: string): Promise<DynamoDbServer> {
  const folder = await mkdtemp(join(tmpdir(), 'dynamodb-'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const start = async () => {
    const child = spawn(binary, ['serve', '--port', String(port), '--db-path', join(folder, 'data.db')], {
      stdio: 'ignore',
    });
    const killWithUs = () => void child.kill('SIGKILL');
    process.once('exit', killWithUs);
    child.once('exit', () => process.off('exit', killWithUs));
    await waitUntilReady(child, endpoint);
    return child;
  };
  let child = await start();
  return {
    endpoint,
    isRestartable: true,
    async restart() {
      await kill(child);
      child = await start();
    },
    async stop() {
      await kill(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function waitUntilReady(child: ChildProcess, endpoint: string): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < READY_TIMEOUT_MILLISECONDS) {
    if (child.exitCode !== null) throw new Error(`the DynamoDB server ended with code ${child.exitCode}`);
    // Any response shows that the server listens, even an error.
    const answer = await fetch(endpoint, { signal: AbortSignal.timeout(READY_TIMEOUT_MILLISECONDS) }).catch(
      () => undefined,
    );
    if (answer) {
      await answer.body?.cancel();
      return;
    }
    await wait(POLL_MILLISECONDS);
  }
  await kill(child);
  throw new Error(`the DynamoDB server did not answer within ${READY_TIMEOUT_MILLISECONDS} ms`);
}

function packageName(): string {
  return `@dynoxide/${process.platform}-${process.arch}`;
}

/** Returns the path of the binary, which is next to the package.json of its package. */
function binaryPath(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName()}/package.json`);
    return join(dirname(manifest), process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  } catch {
    return undefined;
  }
}
