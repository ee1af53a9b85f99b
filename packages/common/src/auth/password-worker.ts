import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InternalError, UnavailableError } from '@cnop/exception/errors';
import type { PasswordReply, PasswordResult, PasswordTask } from './password-messages.ts';
import { passwordReplyOf } from './password-messages.ts';

/** Enough for Node itself and one password per thread. */
const CHILD_HEAP_MEGABYTES = 32;
/** The built file, also when this file runs from its source in tests: a child process cannot run TypeScript. */
const PROCESS_ENTRY = import.meta.url.endsWith('.ts')
  ? '../../dist/auth/password-process.js'
  : './password-process.js';
/** The time that a closed process has to finish its hashes before it is killed. */
const CLOSE_GRACE_MILLISECONDS = 2_000;

/** The end of a password process; `error` is set when it could not be started. */
export interface PasswordProcessExit {
  readonly processId: number | undefined;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly error?: Error | undefined;
}

/** The limits of a password process. */
export interface PasswordWorkerOptions {
  /** The number of threads that hash. */
  readonly concurrency: number;
  readonly timeoutMilliseconds: number;
  /** Called once, when the process ends before `close`. */
  readonly onCrash: (exit: PasswordProcessExit) => void;
}

/** A password process and its tasks. */
export interface PasswordWorker {
  readonly processId: number | undefined;
  /** Returns false once the process has ended or was told to. */
  isUsable(): boolean;
  /** @throws UnavailableError (503) when the process dies or the task takes too long */
  run(task: PasswordTask): Promise<PasswordResult>;
  /** Ends the process; its tasks fail. Resolves when the process has ended. */
  close(): Promise<void>;
}

interface PendingTask {
  readonly resolve: (result: PasswordResult) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Starts a password process. It keeps this process alive only while it has tasks. */
export function openPasswordWorker(options: PasswordWorkerOptions): PasswordWorker {
  const child = forkPasswordProcess(options.concurrency);
  const pending = new Map<number, PendingTask>();
  let lastId = 0;
  let isUsable = true;
  let isClosed = false;

  const exited = exitOf(child).then((exit) => {
    isUsable = false;
    failAll(new UnavailableError('Passwords cannot be checked right now.', { cause: exit.error }));
    if (!isClosed) options.onCrash(exit);
  });

  function take(id: number): PendingTask | undefined {
    const task = pending.get(id);
    clearTimeout(task?.timer);
    pending.delete(id);
    if (pending.size === 0) setReferenced(child, false);
    return task;
  }

  function failAll(error: Error): void {
    for (const id of pending.keys()) take(id)?.reject(error);
  }

  child.on('message', (message: unknown) => {
    const reply = passwordReplyOf(message);
    if (reply) settle(take(reply.id), reply);
  });

  return {
    processId: child.pid,
    isUsable: () => isUsable,
    run: (task) =>
      new Promise((resolve, reject) => {
        const id = (lastId += 1);
        const onTimeout = (): void => {
          take(id)?.reject(new UnavailableError('Checking the password took too long.'));
          // bcrypt cannot be interrupted, so its process is killed.
          isUsable = false;
          child.kill('SIGKILL');
        };
        pending.set(id, { resolve, reject, timer: setTimeout(onTimeout, options.timeoutMilliseconds) });
        setReferenced(child, true);
        // A failed send means that the process has ended, which `exitOf` also reports.
        child.send({ id, task }, () => undefined);
      }),
    async close() {
      isClosed = true;
      isUsable = false;
      failAll(new UnavailableError('The service is shutting down.'));
      if (child.connected) child.disconnect();
      child.ref();
      const deadline = setTimeout(() => child.kill('SIGKILL'), CLOSE_GRACE_MILLISECONDS);
      await exited;
      clearTimeout(deadline);
    },
  };
}

function settle(task: PendingTask | undefined, reply: PasswordReply): void {
  if ('result' in reply) task?.resolve(reply.result);
  else task?.reject(new InternalError(new Error(`bcrypt failed: ${reply.failure}`)));
}

/** Starts the process without arguments, and with only the number of threads as its environment. */
function forkPasswordProcess(concurrency: number): ChildProcess {
  return fork(fileURLToPath(new URL(PROCESS_ENTRY, import.meta.url)), [], {
    env: { UV_THREADPOOL_SIZE: String(concurrency) },
    // Replaces the arguments of the parent, such as a debugger port or a loader.
    execArgv: [`--max-old-space-size=${CHILD_HEAP_MEGABYTES}`, '--max-semi-space-size=1'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

function exitOf(child: ChildProcess): Promise<PasswordProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ processId: child.pid, exitCode, signal }));
    child.on('error', (error) => {
      // Without a process id the process was not started, and `exit` will not be emitted.
      if (child.pid === undefined) resolve({ processId: undefined, exitCode: null, signal: null, error });
    });
  });
}

function setReferenced(child: ChildProcess, isReferenced: boolean): void {
  const change = isReferenced ? 'ref' : 'unref';
  child[change]();
  child.channel?.[change]();
}
