import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import path from 'node:path';
import type { Env, ProcessPlan } from './cluster-plan.ts';
import type { ProgramSpec } from './supervisor.ts';

const REDIS_COMMAND = 'redis-server';
const ANSWER_TIMEOUT_MILLISECONDS = 5_000;
const HOST = '127.0.0.1';

/** Where the programs of a cluster run and write their logs. */
export interface Places {
  readonly cwd: string;
  /** Undefined drops the output. */
  readonly logFolder: string | undefined;
  /** The environment of programs that are not ours. */
  readonly env: Env;
}

/** Returns the program of a planned process. */
export function plannedProgram(plan: ProcessPlan, { cwd, logFolder }: Omit<Places, 'env'>): ProgramSpec {
  return {
    name: plan.name,
    command: process.execPath,
    args: [plan.program],
    env: plan.env,
    cwd,
    logFile: logFile(logFolder, plan.name),
    isReady: async () => (await statusOf(`${plan.url}/health/ready`)) === 200,
  };
}

/** Returns why no DynamoDB-compatible server can be started here, or undefined when one can. */
export function whyNoDynamoDbServer(): string | undefined {
  return dynamoDbBinary() === undefined
    ? `the optional package ${packageName()} is not installed`
    : undefined;
}

/**
 * Returns the DynamoDB-compatible server on a file of its own.
 * @throws Error when its package is not installed; call `whyNoDynamoDbServer` first
 */
export function dynamoDbServer(port: number, file: string, places: Places): ProgramSpec {
  const command = dynamoDbBinary();
  if (command === undefined) throw new Error(whyNoDynamoDbServer());
  return {
    name: 'dynamodb',
    command,
    args: ['serve', '--port', String(port), '--db-path', file],
    env: places.env,
    cwd: places.cwd,
    logFile: logFile(places.logFolder, 'dynamodb'),
    // Any response shows that the server listens, even an error.
    isReady: async () => (await statusOf(`http://${HOST}:${port}`)) !== undefined,
  };
}

/** Returns whether a Redis server can be started here. */
export function hasRedisServer(): boolean {
  return spawnSync(REDIS_COMMAND, ['--version']).status === 0;
}

/** Returns a Redis server without persistence. */
export function redisServer(port: number, places: Places): ProgramSpec {
  return {
    name: 'redis',
    command: REDIS_COMMAND,
    args: ['--port', String(port), '--bind', HOST, '--save', '', '--appendonly', 'no'],
    env: places.env,
    cwd: places.cwd,
    logFile: logFile(places.logFolder, 'redis'),
    isReady: async () => (await sendToRedis(port, 'PING').catch(() => '')) === '+PONG',
  };
}

/** Sends one command as a line of text to a Redis server of this machine; resolves with the first line of the response. */
export async function sendToRedis(port: number, command: string): Promise<string> {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
    socket.write(`${command}\r\n`);
    const received: unknown[] = await once(socket, 'data');
    return String(received[0]).split('\r\n')[0] ?? '';
  } finally {
    socket.destroy();
  }
}

/** Returns the status of a response, or undefined when none arrives in time. */
export async function statusOf(
  url: string,
  timeoutMilliseconds = ANSWER_TIMEOUT_MILLISECONDS,
): Promise<number | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMilliseconds) });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

function logFile(folder: string | undefined, name: string): string | undefined {
  return folder && path.join(folder, `${name}.log`);
}

function packageName(): string {
  return `@dynoxide/${process.platform}-${process.arch}`;
}

/** Returns the path of the binary, which is next to the package.json of its package. */
function dynamoDbBinary(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName()}/package.json`);
    return path.join(path.dirname(manifest), process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  } catch {
    return undefined;
  }
}
