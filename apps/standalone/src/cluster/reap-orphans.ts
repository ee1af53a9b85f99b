// A program of its own, which outlives the supervisor of a cluster for a moment. The supervisor reports each process that it
// starts (`+123`) and that ends (`-123`) on standard input. If the supervisor is killed, even by SIGKILL, the system closes
// that input, and this program ends the processes that are left.

import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

/** Longer than a service takes to complete its requests. */
const GRACE_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 100;

const orphans = new Set<number>();
// Ctrl-C in the terminal is for the supervisor.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) orphans.add(pid);
  else orphans.delete(pid);
}

signalOrphans('SIGCONT');
signalOrphans('SIGTERM');
for (let waited = 0; waited < GRACE_MILLISECONDS && orphans.size > 0; waited += POLL_MILLISECONDS) {
  await wait(POLL_MILLISECONDS);
  signalOrphans(0);
}
signalOrphans('SIGKILL');

/** Signals all orphans and forgets those that have ended; signal 0 only looks. */
function signalOrphans(signal: NodeJS.Signals | 0): void {
  for (const pid of orphans) {
    try {
      process.kill(pid, signal);
    } catch {
      orphans.delete(pid);
    }
  }
}
