import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './system/free-port.ts';

const COMMAND = 'redis-server';
const READY_TIMEOUT_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 10;

/** An empty Redis server without persistence. */
export interface RedisServer {
  readonly url: URL;
  /** Kills the server; it can be started again on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Makes the server hang: it accepts data and does not respond until `goOn`. */
  pause(): void;
  goOn(): void;
  /** Sends one command as a line of text and returns the first line of the response. */
  send(command: string): Promise<string>;
}

/** Returns why no Redis is available for tests, or undefined when one is. */
export function whyNoRedis(): string | undefined {
  return spawnSync(COMMAND, ['--version']).status === 0
    ? undefined
    : `no Redis to test against: install ${COMMAND}`;
}

/** Starts a server on a free port. Call `whyNoRedis` first. */
export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: new URL(`redis://127.0.0.1:${port}`),
    async start() {
      child = spawn(
        COMMAND,
        ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
        {
          stdio: 'ignore',
        },
      );
      const started = child;
      const killWithUs = () => void started.kill('SIGKILL');
      process.once('exit', killWithUs);
      started.once('exit', () => process.off('exit', killWithUs));
      await waitUntilReady(started, port);
    },
    send: (command) => sendLine(port, command),
    pause: () => void child?.kill('SIGSTOP'),
    goOn: () => void child?.kill('SIGCONT'),
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
  await server.start();
  return server;
}

async function waitUntilReady(child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MILLISECONDS;
  while (performance.now() < deadline && child.exitCode === null) {
    if (await answersPing(port)) return;
    await wait(POLL_MILLISECONDS);
  }
  child.kill('SIGKILL');
  throw new Error(`${COMMAND} did not get ready`);
}

async function answersPing(port: number): Promise<boolean> {
  return (await sendLine(port, 'PING').catch(() => '')) === '+PONG';
}

async function sendLine(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().split('\r\n')[0] ?? '';
  } finally {
    socket.destroy();
  }
}
