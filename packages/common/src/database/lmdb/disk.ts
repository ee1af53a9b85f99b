import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { StoreDisk } from '../table-store.ts';

/** Even the fastest measured writing uses little of the default reserve within two seconds. */
const INTERVAL_MILLISECONDS = 1_000;

/** Returns the bytes that an unprivileged process may still write to the disk of a folder. */
export type FreeBytesReader = (folder: string) => Promise<number>;

/** The folder to watch and its reserve. */
export interface DiskWatchOptions {
  /** An existing folder. */
  readonly folder: string;
  /** Writes are refused while less than this is free. */
  readonly minFreeBytes: number;
  /** Called when the disk becomes full, and when it has space again. */
  readonly onChange?: ((disk: StoreDisk) => void) | undefined;
  readonly readFreeBytes?: FreeBytesReader | undefined;
  readonly everyMilliseconds?: number | undefined;
}

/** A running measurement of a disk. */
export interface DiskWatch {
  /** Returns the last measurement, without a system call. */
  disk(): StoreDisk;
  stop(): void;
}

/** Measures the free space of a disk once a second, so that writes can check it without a system call. */
export function watchDisk({
  folder,
  minFreeBytes,
  onChange = () => undefined,
  readFreeBytes = freeBytesOf,
  everyMilliseconds = INTERVAL_MILLISECONDS,
}: DiskWatchOptions): DiskWatch {
  const stateOf = (freeBytes: number): StoreDisk => ({
    freeBytes,
    minFreeBytes,
    isFull: freeBytes < minFreeBytes,
  });
  // Measured at once, since the first write may come before the first interval ends.
  let disk = stateOf(freeBytesNow(folder));
  const update = (freeBytes: number): void => {
    const hasChanged = stateOf(freeBytes).isFull !== disk.isFull;
    disk = stateOf(freeBytes);
    if (hasChanged) onChange(disk);
  };
  // Ignores a failed measurement: the next commit reports what is wrong with the disk.
  const measure = async (): Promise<void> => readFreeBytes(folder).then(update, () => undefined);
  if (disk.isFull) onChange(disk);
  const timer = setInterval(() => void measure(), everyMilliseconds);
  timer.unref();
  return { disk: () => disk, stop: () => clearInterval(timer) };
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Returns the free bytes synchronously, for the start and for a failure. */
export function freeBytesNow(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Less free space than this counts as full: a file system reserves some, and a commit writes many pages. */
const NOTHING_LEFT_BYTES = 4 * 1_024 * 1_024;

/** The known causes, by the number or the words of the system, and what to do. */
const CAUSES = [
  {
    pattern: /no space left|disk quota exceeded|MDB_MAP_FULL|\bENOSPC\b|\bEDQUOT\b/i,
    numbers: [28, 122],
    words: 'the disk is full. Free some space and start again',
  },
  {
    pattern: /permission denied|operation not permitted|read-only file system|\bE(?:ACCES|PERM|ROFS)\b/i,
    numbers: [1, 13, 30],
    words:
      'permission denied. Give the user that runs this process the right to write to the folder and its files, ' +
      'on a file system that is not read-only, and start again',
  },
  {
    pattern: /input\/output error|i\/o error|\bEIO\b/i,
    numbers: [5],
    words:
      'I/O error: the disk or its controller fails. Look at the log of the system, move the folder to a sound disk ' +
      'and start again',
  },
] as const;
const [DISK_FULL] = CAUSES;

/**
 * Returns one line that says why a commit failed and what to do. A disk that fills up within a page is reported as an
 * I/O error, so the free space counts as well.
 */
export function explainCommitFailure(
  error: unknown,
  { folder, freeBytes }: { readonly folder: string; readonly freeBytes: number | undefined },
): string {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const named = CAUSES.find(
    ({ pattern, numbers }) =>
      pattern.test(`${String(code)} ${text}`) ||
      (typeof code === 'number' && numbers.some((number) => number === code)),
  );
  const isFull = freeBytes !== undefined && freeBytes < NOTHING_LEFT_BYTES;
  const words = (isFull ? DISK_FULL : named)?.words ?? 'see the error above. Start again';
  return `The store in ${folder} could not commit (${text}): ${words}; every change that was answered is on disk.`;
}
