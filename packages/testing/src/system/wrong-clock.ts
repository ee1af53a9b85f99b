import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Env } from '@cnop/standalone/cluster/cluster-plan';
import type { ClusterProcess } from './cluster.ts';

/** The places where Debian, Fedora and others install libfaketime. */
const FAKETIME_LIBRARIES = [
  `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`,
  '/usr/lib64/faketime/libfaketime.so.1',
  '/usr/lib/faketime/libfaketime.so.1',
];
const POLL_MILLISECONDS = 20;
const HTTP_OK = 200;

function faketimeLibrary(): string | undefined {
  return FAKETIME_LIBRARIES.find((file) => existsSync(file));
}

/** Returns why clocks cannot be moved here, or undefined when they can. */
export function whyNoFaketime(): string | undefined {
  return faketimeLibrary() === undefined ? 'no clock can be moved: install faketime' : undefined;
}

// cspell:ignore DONT
/**
 * Returns the environment of a process whose clock is off by some seconds; its monotonic clock is right.
 * @throws Error where libfaketime is not installed
 */
function wrongClock(seconds: number): Env {
  const library = faketimeLibrary();
  if (library === undefined) throw new Error(whyNoFaketime());
  return {
    LD_PRELOAD: library,
    FAKETIME: `${seconds > 0 ? '+' : ''}${seconds}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

/**
 * Starts a process with a wrong clock, which keeps it from becoming ready. Resolves when it answers. Call `whyNoFaketime`
 * first.
 */
export async function startWithWrongClock(
  { process, url }: ClusterProcess,
  seconds: number,
  more: Env = {},
): Promise<void> {
  // Rejects when the process is stopped, since it was not ready until then.
  process.start({ ...more, ...wrongClock(seconds) }).catch(() => undefined);
  const answers = (): Promise<boolean> =>
    fetch(`${url}/health/live`).then(
      ({ status }) => status === HTTP_OK,
      () => false,
    );
  while (process.pid !== undefined) {
    if (await answers()) return;
    await wait(POLL_MILLISECONDS);
  }
  throw new Error(`${process.name} ended:\n${process.logTail()}`);
}
