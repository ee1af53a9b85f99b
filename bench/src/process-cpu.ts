import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts CPU time in hundredths of a second on every Linux that Node runs on. */
const MICROSECONDS_PER_TICK = 10_000;
const FIELDS_BEFORE_UTIME = 11;

/** Returns the CPU time of a process and its descendants so far: all threads, user and system. */
export function cpuMicroseconds(pid: number): number {
  return [pid, ...descendantsOf(pid)].reduce((sum, each) => sum + ownCpuMicroseconds(each), 0);
}

function ownCpuMicroseconds(pid: number): number {
  const stat = statOf(pid);
  const [utime = 0, stime = 0] = stat.slice(FIELDS_BEFORE_UTIME, FIELDS_BEFORE_UTIME + 2).map(Number);
  return (utime + stime) * MICROSECONDS_PER_TICK;
}

/** Returns the fields after the command's name, which may contain spaces; none when the process has ended. */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function descendantsOf(pid: number): number[] {
  const children = readdirSync('/proc')
    .map(Number)
    .filter((candidate) => Number.isInteger(candidate) && statOf(candidate)[1] === String(pid));
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Returns the resident memory of a process, in MB. */
export function residentMegabytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1_024;
}
