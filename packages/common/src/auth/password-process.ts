import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { hash, verify } from '@node-rs/bcrypt';
import type { PasswordReply, PasswordResult, PasswordTask, VerifyTask } from './password-messages.ts';
import { passwordRequestOf } from './password-messages.ts';

// The entry point of the password process. Hashing in the service would block the thread pool that also flushes the
// store's commits, so that orders would wait for sign-ins. The process imports only bcrypt, to stay small. The parent
// sets the number of threads (UV_THREADPOOL_SIZE) and sends at most that many tasks at once.

yieldToOrders();

// A signal to the process group (Ctrl-C, a service manager) must not end this process before the parent has drained.
process.on('SIGINT', ignore);
process.on('SIGTERM', ignore);
// The parent has closed the channel, or died.
process.on('disconnect', () => process.exit(0));

process.on('message', (message: unknown) => {
  const request = passwordRequestOf(message);
  if (!request) return;
  void run(request.task)
    .then(
      (result): PasswordReply => ({ id: request.id, result }),
      (error: unknown): PasswordReply => ({
        id: request.id,
        failure: error instanceof Error ? error.name : 'unknown',
      }),
    )
    .then((reply) => process.send?.(reply, undefined, undefined, ignore));
});

function run(task: PasswordTask): Promise<PasswordResult> {
  return task.kind === 'hash'
    ? hash(task.password, { cost: task.cost, version: '2b', rejectLongPasswords: true })
    : firstMatch(task);
}

/**
 * Returns the position of the first attempt that matches, or -1. A failure does the same work for every stored hash.
 */
async function firstMatch({ attempts, padding }: VerifyTask): Promise<number> {
  for (const [position, attempt] of attempts.entries()) {
    if (await verify(attempt.password, attempt.hash)) return position;
  }
  for (const _ of attempts) {
    for (const extra of padding) await verify(extra.password, extra.hash);
  }
  return -1;
}

/**
 * Lowers the priority of every existing thread; later ones inherit it. On Linux a priority belongs to a thread, and
 * Node's loader has already started the pool that will hash.
 */
function yieldToOrders(): void {
  if (process.platform !== 'linux') return lowerPriority(0);
  for (const threadId of readdirSync('/proc/self/task')) lowerPriority(Number(threadId));
}

/** @param threadId a thread of this process, or 0 for the process */
function lowerPriority(threadId: number): void {
  try {
    setPriority(threadId, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // The thread has ended, or the sandbox forbids it: sign-ins then work at normal priority.
  }
}

function ignore(): void {
  // Does nothing on purpose.
}
