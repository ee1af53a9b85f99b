import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoDbServer, whyNoDynamoDbServer } from '@cnop/standalone/cluster/programs';
import { createSupervisor } from '@cnop/standalone/cluster/supervisor';
import { freePort } from './system/free-port.ts';

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
  if (process.env['DYNAMODB_ENDPOINT'] !== undefined) return undefined;
  const reason = whyNoDynamoDbServer();
  return reason && `no DynamoDB to test against: ${reason}, and DYNAMODB_ENDPOINT is not set`;
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
  return await startServer();
}

async function startServer(): Promise<DynamoDbServer> {
  const folder = await mkdtemp(join(tmpdir(), 'dynamodb-'));
  const port = await freePort();
  const places = { cwd: folder, logFolder: folder, env: { PATH: process.env['PATH'] ?? '' } };
  const server = createSupervisor().add(dynamoDbServer(port, join(folder, 'data.db'), places));
  await server.start();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    isRestartable: true,
    async restart() {
      await server.stop('SIGKILL');
      await server.start();
    },
    async stop() {
      await server.stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
