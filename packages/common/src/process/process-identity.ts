import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * The identity of this process: a random id, made when the process starts. Host name and process id would not do: two
 * containers of one host may share both.
 */
export const PROCESS_IDENTITY: string = randomUUID();

const SEPARATOR = '/';
/** The start time is the 20th field after the name of the process, which is in brackets and may contain spaces. */
const START_TIME_FIELD = 19;

/**
 * Returns where this process runs, for `hasEnded`: the boot of the machine, the namespace of process ids, the process id
 * and the time when the process started. Undefined on systems that do not tell, which are all but Linux.
 */
export function processLocation(): string | undefined {
  return locationOf(process.pid);
}

/**
 * Returns whether the process at a location is known to have ended. False when it runs, and when it cannot be judged
 * from here: in another namespace of process ids, or on another machine.
 */
export function hasEnded(location: string): boolean {
  const own = processLocation()?.split(SEPARATOR);
  const [boot, namespace, pid] = location.split(SEPARATOR);
  if (own?.[0] !== boot || own?.[1] !== namespace) return false;
  return locationOf(Number(pid)) !== location;
}

function locationOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const namespace = readlinkSync('/proc/self/ns/pid');
    return [boot, namespace, pid, startTimeOf(pid) ?? 'ended'].join(SEPARATOR);
  } catch {
    return undefined;
  }
}

/** Returns when a process started, in clock ticks since the boot; undefined when it does not run. */
function startTimeOf(pid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[START_TIME_FIELD];
  } catch {
    return undefined;
  }
}
