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
