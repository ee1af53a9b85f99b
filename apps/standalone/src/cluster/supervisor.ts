import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Env } from './cluster-plan.ts';

/** A busy machine takes long to start ten processes at once. */
const READY_TIMEOUT_MILLISECONDS = 120_000;
const POLL_MILLISECONDS = 20;
const PRIVATE_FILE_MODE = 0o600;
const SHOWN_LOG_LINES = 20;

/** A program to run and how to tell that it is ready. */
export interface ProgramSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process. */
  readonly env: Env;
  readonly cwd: string;
  /** Receives the output of every run; undefined drops it. */
  readonly logFile: string | undefined;
  readonly isReady: () => Promise<boolean>;
}

/** The end of a process. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that can be stopped and started again in the same place. */
export interface SupervisedProcess {
  readonly name: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** The end of the last run; undefined while it runs. */
  readonly lastExit: Exit | undefined;
  /**
   * Starts the program and resolves when it is ready, with the milliseconds that this took.
   * @param more settings of this run alone
   * @throws Error with the end of its log when it exits or is not ready within two minutes
   */
  start(more?: Env): Promise<number>;
  /** Sends a signal to the process, if it runs. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal that ends the process, and resolves with its end. */
  stop(signal: NodeJS.Signals): Promise<Exit>;
  /** Returns the end of the log. */
  logTail(): string;
}

/** The processes that this process started. None of them outlives it. */
export interface Supervisor {
  readonly processes: readonly SupervisedProcess[];
  /** Adds a program without starting it. */
  add(spec: ProgramSpec): SupervisedProcess;
  /** Kills all processes, latest first. */
  kill(): Promise<void>;
}

/** The events that a supervisor reports. */
export interface SupervisorOptions {
  readonly onStart?: (name: string, pid: number) => void;
  readonly onExit?: (name: string, pid: number, exit: Exit) => void;
}

/** Creates a supervisor without processes. */
export function createSupervisor({ onStart, onExit }: SupervisorOptions = {}): Supervisor {
  const processes: SupervisedProcess[] = [];
  const running = new Set<ChildProcess>();
  // One listener for all: Node warns of a leak from the eleventh on.
  const killRunning = () => {
    for (const child of running) child.kill('SIGKILL');
  };

  const launch = (spec: ProgramSpec, more: Env): ChildProcess => {
    const log = spec.logFile === undefined ? 'ignore' : openSync(spec.logFile, 'a', PRIVATE_FILE_MODE);
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: { ...spec.env, ...more },
      stdio: ['ignore', log, log],
      // A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops the processes in order.
      detached: true,
    });
    if (log !== 'ignore') closeSync(log);
    const { pid } = child;
    if (pid === undefined) {
      child.on('error', () => undefined);
      throw new Error(`${spec.name}: ${spec.command} could not be started`);
    }
    if (running.size === 0) process.on('exit', killRunning);
    running.add(child);
    onStart?.(spec.name, pid);
    child.once('exit', (code, signal) => {
      running.delete(child);
      if (running.size === 0) process.off('exit', killRunning);
      onExit?.(spec.name, pid, { code, signal });
    });
    return child;
  };

  return {
    processes,
    add(spec) {
      const added = supervise(spec, (more) => launch(spec, more));
      processes.push(added);
      return added;
    },
    async kill() {
      await Promise.all(processes.toReversed().map((each) => each.stop('SIGKILL')));
    },
  };
}

function supervise(spec: ProgramSpec, launch: (more: Env) => ChildProcess): SupervisedProcess {
  let child: ChildProcess | undefined;
  let lastExit: Exit | undefined;
  let ended: Promise<Exit> = Promise.resolve({ code: null, signal: null });
  const logTail = () => lastLines(spec.logFile);

  const stop = async (signal: NodeJS.Signals): Promise<Exit> => {
    child?.kill(signal);
    return ended;
  };
  return {
    name: spec.name,
    get pid() {
      return child?.pid;
    },
    get lastExit() {
      return lastExit;
    },
    logTail,
    async start(more = {}) {
      if (child) throw new Error(`${spec.name} is already running`);
      const startedAt = performance.now();
      const started = launch(more);
      child = started;
      lastExit = undefined;
      ended = endOf(started).then((exit) => {
        child = undefined;
        lastExit = exit;
        return exit;
      });
      while (performance.now() - startedAt < READY_TIMEOUT_MILLISECONDS && child === started) {
        if (await spec.isReady()) return performance.now() - startedAt;
        await wait(POLL_MILLISECONDS);
      }
      // It may have been stopped and started again meanwhile.
      if (child === started) await stop('SIGKILL');
      throw new Error(`${spec.name} did not get ready. The end of its log:\n${logTail()}`);
    },
    signal: (signal) => void child?.kill(signal),
    stop,
  };
}

function lastLines(file: string | undefined): string {
  if (file === undefined) return '(it has no log)';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-SHOWN_LOG_LINES).join('\n');
}

async function endOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}
