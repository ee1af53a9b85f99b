import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { hash, verify } from '@node-rs/bcrypt';
import type { PasswordReply, PasswordResult, PasswordTask, VerifyTask } from './password-messages.ts';
import { passwordRequestOf } from './password-messages.ts';

// The entry point of the process that hashes passwords. It is separate because bcrypt in the pool of threads that
// also syncs the store's commits makes orders wait for sign-ins, and it imports nothing but bcrypt to stay small.
// The parent says how many threads it has (UV_THREADPOOL_SIZE) and sends no more tasks than that at once.

yieldToOrders();

// A signal to the whole group (Ctrl-C, a service manager) must not end it before the parent has drained.
process.on('SIGINT', ignore);
process.on('SIGTERM', ignore);
// The parent closed the channel, or died.
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
    : firstThatFits(task);
}

/** Does the same work whenever nothing fits, whatever the stored hash costs. */
async function firstThatFits({ attempts, padding }: VerifyTask): Promise<number> {
  for (const [place, attempt] of attempts.entries()) {
    if (await verify(attempt.password, attempt.hash)) return place;
  }
  for (const _ of attempts) {
    for (const extra of padding) await verify(extra.password, extra.hash);
  }
  return -1;
}

/**
 * Lowers the priority of every thread that exists; later ones inherit it. On Linux a priority belongs to a
 * thread, and by now Node's loader has started the pool that will do the hashing.
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
    // The thread has ended meanwhile, or the sandbox forbids it: then sign-ins work, at the usual priority.
  }
}

function ignore(): void {
  // On purpose.
}
