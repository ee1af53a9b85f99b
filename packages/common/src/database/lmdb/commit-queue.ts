import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { ItemExistsError, StoreBusyError, StoreUnavailableError } from '../store-errors.ts';
import type { CommitTotals, StoreDisk } from '../table-store.ts';
import type { Environment } from './environment.ts';

/** The number of transactions that may wait for a commit. */
const MAX_WAITING = 5_000;
/** Bounds the duration of a commit, and with it the wait for the next one. */
const MAX_TRANSACTIONS_PER_COMMIT = 512;

/** A decision: its result, and the function that puts its writes. */
export interface Decided<T> {
  readonly result: T;
  readonly write: () => void;
}

/** Groups transactions into commits. */
export interface CommitQueue {
  /**
   * Runs a decision inside the write transaction, then its writes, and resolves once they are on disk. An error of the
   * decision aborts only this transaction, which has not written anything yet.
   * @throws StoreBusyError (503) when too many transactions wait
   * @throws StoreUnavailableError (503) when the writes or the commit fail; nothing was written
   */
  commit<T>(decide: () => Decided<T>): Promise<T>;
  /** Resolves when no transaction is waiting or running. */
  whenIdle(): Promise<void>;
  /** Returns the totals of the commits so far. */
  totals(): CommitTotals;
}

interface Waiting {
  /** Decides and writes; returns a function that settles the caller's promise once the commit is on disk. */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Creates a queue in which transactions share commits: all that arrive during a flush go into the next commit, and each
 * sees the writes of the earlier ones.
 *
 * The queue uses plain transactions of the library, which do not roll back after an error. A child transaction would,
 * but takes 12 % of the time of an order. So every check runs before the first write, and an error while writing
 * (memory, a broken file) ends the process before the commit, which leaves the store unchanged. Only a taken key is
 * found while writing; `createItems` then undoes its writes.
 * @param explain called with an error of the store; returns why it failed and what to do
 * @see docs/adr/0002-embedded-store.md
 */
export function createCommitQueue(
  environment: Environment,
  explain: (error: unknown) => string = String,
): CommitQueue {
  const waiting: Waiting[] = [];
  let committing: Promise<void> | undefined;
  const totals = { commits: 0, transactions: 0, milliseconds: 0 };

  async function commitAll(): Promise<void> {
    while (waiting.length > 0) await commitTogether();
    committing = undefined;
  }

  async function commitTogether(): Promise<void> {
    let taken: readonly Waiting[] = [];
    let settleCallers: readonly (() => void)[] = [];
    const startedAt = performance.now();
    try {
      await environment.root.transaction(() => {
        // Taken late: more may have arrived while the library opened the transaction.
        taken = waiting.splice(0, MAX_TRANSACTIONS_PER_COMMIT);
        settleCallers = taken.map(({ run }) => run());
      });
      totals.commits += 1;
      totals.transactions += taken.length;
      totals.milliseconds += performance.now() - startedAt;
      for (const settle of settleCallers) settle();
    } catch (error) {
      explain(error);
      const failed = taken.length > 0 ? taken : waiting.splice(0);
      for (const { reject } of failed) reject(new StoreUnavailableError(error));
    }
  }

  return {
    commit: (decide) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= MAX_WAITING) throw new StoreBusyError();
        const run = () => {
          const decided = attempt(decide);
          if ('refusal' in decided) return () => reject(decided.refusal);
          const taken = writeOrDie(decided.write, explain);
          return () => (taken ? reject(taken) : resolve(decided.result));
        };
        waiting.push({ run, reject });
        committing ??= commitAll();
      }),
    whenIdle: async () => committing,
    totals: () => ({ ...totals, waiting: waiting.length }),
  };
}

/**
 * Writes, and ends the process when that fails, so that nothing of the commit reaches the disk.
 * @returns the error of a taken key, whose writes are already undone
 */
function writeOrDie(write: () => void, explain: (error: unknown) => string): ItemExistsError | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (error instanceof ItemExistsError) return error;
    process.stderr.write(`The store cannot write. The process ends before the commit. ${explain(error)}\n`);
    process.kill(process.pid, 'SIGKILL');
    return undefined;
  }
}

function attempt<T>(decide: () => Decided<T>): Decided<T> | { readonly refusal: Error } {
  try {
    return decide();
  } catch (refusal) {
    return { refusal: refusal as Error };
  }
}

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
