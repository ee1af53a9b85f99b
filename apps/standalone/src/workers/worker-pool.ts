import type { Worker } from 'node:cluster';
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import type { WorkerLink } from '@cnop/common/messaging/worker-link';
import { createWorkerLink } from '@cnop/common/messaging/worker-link';
import type { Logger } from 'pino';
import { closeLostConnections } from './lost-connections.ts';
import { createRestarts } from './restarts.ts';

/** A worker tells that it listens, with its address and what it prepared. */
export const READY_TOPIC = 'ready';
/** A worker tells what it prepared, before it listens. */
export const PREPARED_TOPIC = 'prepared';
/** The parent asks a worker to stop, with the reason. */
export const STOP_TOPIC = 'stop';
const PING_TOPIC = 'ping';
const PONG_TOPIC = 'pong';

const PING_MILLISECONDS = 1_000;
/** A worker that leaves so many pings unanswered hangs, and is replaced. */
const MAX_UNANSWERED_PINGS = 15;

const ENTRY = fileURLToPath(new URL('./worker.js', import.meta.url));

/** Answers the pings of the parent, which replaces a worker that hangs. */
export function answerPings(link: WorkerLink): void {
  link.on(PING_TOPIC, () => link.send(PONG_TOPIC, null));
}

/** The number of workers, and what connects them. */
export interface WorkerPoolOptions {
  readonly count: number;
  readonly logger: Logger;
  /** Connects a new worker to the others. Returns a function that disconnects it. */
  readonly join: (link: WorkerLink) => () => void;
  /** The time that workers have to stop; then they are killed. */
  readonly stopMilliseconds: number;
}

/** The workers of this process. None of them outlives it. */
export interface WorkerPool {
  /**
   * Starts the first worker, which prepares the store, then the others. Resolves with what the first one told when all are
   * ready. When one cannot start, it writes the reason to standard error, and all are stopped.
   */
  start(): Promise<unknown>;
  /** Asks all workers to stop. A second call ends the delay of their shutdown. */
  stop(reason: string): void;
  /** Resolves when all workers have ended after `stop`, with the exit code of the command. */
  readonly ended: Promise<number>;
  /** Returns the links to the workers that are ready. */
  ready(): readonly WorkerLink[];
  /** Returns how many workers were replaced. */
  restarts(): number;
}

interface WorkerExit {
  readonly worker: number;
  readonly code: number | null;
  readonly signal: string | null;
}

interface Member {
  readonly number: number;
  readonly child: Worker;
  readonly link: WorkerLink;
  /** Resolves with what the worker tells when it is ready. */
  readonly ready: Promise<unknown>;
  isReady: boolean;
  unansweredPings: number;
}

/** Creates a pool without workers. */
export function createWorkerPool({ count, logger, join, stopMilliseconds }: WorkerPoolOptions): WorkerPool {
  const members = new Set<Member>();
  const restarts = createRestarts(() => performance.now());
  const waiting = new Set<NodeJS.Timeout>();
  let phase: 'starting' | 'running' | 'stopping' = 'starting';
  let exitCode = 0;
  let end: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });

  /** Starts a worker. Resolves with what it tells when it is ready; never, if it ends before. */
  const launch = async (number: number): Promise<unknown> => {
    const member = forkMember(number);
    const leave = join(member.link);
    members.add(member);
    member.child.once('exit', (code, signal) => {
      leave();
      members.delete(member);
      onExit({ worker: number, code, signal });
    });
    const told = await member.ready;
    // It was asked to stop before it listened.
    if (phase === 'stopping') member.link.send(STOP_TOPIC, 'all workers stop');
    logger.info({ worker: number, pid: member.child.process.pid }, 'worker is ready');
    return told;
  };

  const onExit = (exit: WorkerExit): void => {
    if (phase === 'running') return replace(exit);
    if (exit.code !== 0) exitCode = 1;
    if (phase === 'starting') {
      logger.fatal(exit, 'worker could not start');
      exitCode = 1;
      stop('a worker could not start');
    } else if (members.size === 0) end(exitCode);
  };

  const replace = (exit: WorkerExit): void => {
    const delayMilliseconds = restarts.next();
    if (delayMilliseconds === undefined) {
      logger.fatal(exit, 'worker ended; workers end too often, so all are stopped');
      exitCode = 1;
      return stop('workers end too often');
    }
    logger.error({ ...exit, restart_in_ms: delayMilliseconds }, 'worker ended and is replaced');
    const timer = setTimeout(() => {
      waiting.delete(timer);
      void launch(exit.worker);
    }, delayMilliseconds);
    waiting.add(timer);
  };

  const stop = (reason: string): void => {
    if (phase !== 'stopping') setTimeout(() => killAll(members), stopMilliseconds);
    phase = 'stopping';
    for (const timer of waiting) clearTimeout(timer);
    for (const { link } of members) link.send(STOP_TOPIC, reason);
    if (members.size === 0) end(exitCode);
  };

  return {
    async start() {
      const told = await launch(1);
      await Promise.all(Array.from({ length: count - 1 }, (_, i) => launch(i + 2)));
      if (phase === 'starting') phase = 'running';
      setInterval(() => pingAll(members, logger), PING_MILLISECONDS).unref();
      return told;
    },
    stop,
    ended,
    ready: () => [...members].filter(({ isReady }) => isReady).map(({ link }) => link),
    restarts: restarts.total,
  };
}

function forkMember(number: number): Member {
  cluster.setupPrimary({ exec: ENTRY, args: [String(number)] });
  const child = cluster.fork();
  closeLostConnections(child.process);
  const link = createWorkerLink({
    send: (message, done) => void child.send(message, done),
    listen: (listener) => void child.on('message', listener),
  });
  const ready = new Promise((resolve) => {
    link.on(READY_TOPIC, (told) => {
      member.isReady = true;
      resolve(told);
    });
  });
  const member: Member = { number, child, link, ready, isReady: false, unansweredPings: 0 };
  link.on(PONG_TOPIC, () => {
    member.unansweredPings = 0;
  });
  return member;
}

function pingAll(members: Iterable<Member>, logger: Logger): void {
  for (const member of members) {
    if (!member.isReady) continue;
    if (member.unansweredPings >= MAX_UNANSWERED_PINGS) {
      logger.error({ worker: member.number }, 'worker does not answer and is killed');
      member.child.process.kill('SIGKILL');
    }
    member.unansweredPings += 1;
    member.link.send(PING_TOPIC, null);
  }
}

function killAll(members: Iterable<Member>): void {
  for (const { child } of members) child.process.kill('SIGKILL');
}
