import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { StoreDisk } from '../table-store.ts';

/** Two seconds of the fastest writing that was measured leave most of the default reserve. */
const LOOK_EVERY_MILLISECONDS = 1_000;

/** Returns the bytes that a process without special rights may still write to the disk of a folder. */
export type FreeBytesReader = (folder: string) => Promise<number>;

export interface DiskWatchOptions {
  /** It must exist. */
  readonly folder: string;
  /** Writes are refused while less than this is free. */
  readonly minFreeBytes: number;
  /** Called when writes begin to be refused, and when they are taken again. */
  readonly onChange?: ((disk: StoreDisk) => void) | undefined;
  readonly readFreeBytes?: FreeBytesReader | undefined;
  readonly everyMilliseconds?: number | undefined;
}

export interface DiskWatch {
  /** Returns what was measured last; costs nothing. */
  disk(): StoreDisk;
  stop(): void;
}

/** Measures the free space of a disk once a second, so that asking for it costs nothing where orders are written. */
export function watchDisk({
  folder,
  minFreeBytes,
  onChange = () => undefined,
  readFreeBytes = freeBytesOf,
  everyMilliseconds = LOOK_EVERY_MILLISECONDS,
}: DiskWatchOptions): DiskWatch {
  const stateOf = (freeBytes: number): StoreDisk => ({
    freeBytes,
    minFreeBytes,
    isFull: freeBytes < minFreeBytes,
  });
  // The first writes may come before the first look.
  let disk = stateOf(freeBytesNow(folder));
  const take = (freeBytes: number): void => {
    const hasChanged = stateOf(freeBytes).isFull !== disk.isFull;
    disk = stateOf(freeBytes);
    if (hasChanged) onChange(disk);
  };
  // A disk that cannot be measured is left to the commit, which says what is wrong with it.
  const look = async (): Promise<void> => readFreeBytes(folder).then(take, () => undefined);
  if (disk.isFull) onChange(disk);
  const timer = setInterval(() => void look(), everyMilliseconds);
  timer.unref();
  return { disk: () => disk, stop: () => clearInterval(timer) };
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Reads the same at once, for a start and for a failure. */
export function freeBytesNow(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
