import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import type { IsoTime, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import { addSeconds, MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { defineReading } from '@cnop/common/core/figures';
import { uniqueIdOf } from '@cnop/common/core/ids';
import { assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import type { BookedAccount } from '@cnop/common/dao/house/house-book-dao';
import { bookProgressRecord, createHouseBookDao } from '@cnop/common/dao/house/house-book-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { DueWork } from '@cnop/common/dao/schedule/due-work-dao';
import { doneWork, dueWorkRecord } from '@cnop/common/dao/schedule/due-work-dao';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { TableStore, Write } from '@cnop/common/database/table-store';
import { MAX_BATCH_GET_ITEMS } from '@cnop/common/database/table-store';
import { isSameKey } from '@cnop/common/database/validate-transaction';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { BookCheckpoint, BookProgress } from '@cnop/common/entities/house/house-book';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import { createSemaphore } from '@cnop/common/scheduling/semaphore';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import { foldEntry, foldNewAccount, paidAssetOf } from '../domain/fold-entry.ts';
import type { BookBatch } from './book-batch.ts';
import { BookMovedOn, createBookBatch } from './book-batch.ts';
import type { CloseDeps } from './close-exposed-assets.ts';
import { closeExposedAssets } from './close-exposed-assets.ts';

/** Users of one page of a pass. */
const USERS_PER_PAGE = 100;
/** Accounts that are read at once. */
const READS_AT_ONCE = 16;
const ENTRIES_PER_READ = 100;
/** A process that goes on with a pass has the work to itself for so long; after a crash another one takes over. */
const LEASE_SECONDS = 30;
/** One run of the handler, after which the process may stop. */
const RUN_MILLISECONDS = 2_000;
/** The index of users may lag: an account that is younger at the start of a pass counts from the next one on. */
const DIRECTORY_LAG_SECONDS = 5;

const showAge = defineReading({
  name: 'cnop_house_book_age_seconds',
  help: 'How long ago the time is up to which the house book is complete, as far as this process knows.',
  labelNames: [],
});

/** What a process provides for the book. */
export interface ProjectingProcess
  extends Pick<UserDependencies, 'store' | 'clock' | 'ids'>,
    Pick<CloseDeps, 'log'> {
  /** The pause between two passes. */
  readonly houseBookSeconds: number;
}

interface ProjectDeps
  extends ProjectingProcess,
    CloseDeps,
    Pick<UserDependencies, 'balances' | 'houseBook'> {}

const FIRST_PROGRESS: Omit<BookProgress, 'updated_at'> = {
  pass_started_at: null,
  after: null,
  complete_to: null,
};
const SUBJECT = 'book';

/** Plans the first pass of the house book, in a store that has none. */
export async function planHouseBook({ store, clock }: Pick<ProjectDeps, 'store' | 'clock'>): Promise<void> {
  const at = isoTime(clock.now());
  await store.transact({ progress: bookProgressRecord.key({}) }, ({ progress }) => ({
    writes: progress
      ? []
      : [
          bookProgressRecord.create({ ...FIRST_PROGRESS, updated_at: at }),
          dueWorkRecord.create({ kind: 'house_book', due_at: at, subject: SUBJECT }),
        ],
    result: undefined,
  }));
}

/**
 * Goes on with the pass over all users: adds the ledger entries that the book does not have yet, page by page, for two
 * seconds at most, and plans what follows. Each page moves the checkpoints of its users with the sums, so it may be killed
 * at any point, and any number of processes may run it.
 * @see docs/reference/house-book.md
 */
export async function projectHouseBook(process: ProjectingProcess, due: DueWork): Promise<void> {
  const { store } = process;
  const deps: ProjectDeps = {
    ...process,
    balances: createBalanceDao(store),
    houseBook: createHouseBookDao(store),
    assets: createAssetDao(store),
    audit: createAuditLogger(process),
  };
  const startedAt = performance.now();
  let work: DueWork | undefined = due;
  while (work) {
    const progress: BookProgress | undefined = await deps.houseBook.getProgress();
    if (!progress) return;
    const next = await projectPage(deps, progress);
    if (!next) return;
    const isOver = next.pass_started_at === null;
    const mayGoOn = !isOver && performance.now() - startedAt < RUN_MILLISECONDS;
    const planned = await advance(deps, { work, progress, next, mayGoOn });
    work = mayGoOn ? planned : undefined;
  }
}

/**
 * Adds the entries of one page of users.
 * @returns the progress after the page; undefined when another process adds them
 */
async function projectPage(deps: ProjectDeps, progress: BookProgress): Promise<BookProgress | undefined> {
  const { clock, houseBook } = deps;
  const now = isoTime(clock.now());
  const passStartedAt = progress.pass_started_at ?? now;
  const usernames = await houseBook.listUsernames({ after: progress.after, limit: USERS_PER_PAGE });
  const isLast = usernames.length < USERS_PER_PAGE;
  const semaphore = createSemaphore({ slots: READS_AT_ONCE });
  const accounts = await Promise.all(
    usernames.map(async (username) => semaphore.pass(async () => houseBook.getBookedAccount(username))),
  );
  const batch = createBookBatch(deps.store, () => isoTime(clock.now()));
  try {
    for (const account of accounts) await addAccount(deps, batch, account);
    await batch.commit();
  } catch (error) {
    if (error instanceof BookMovedOn) return undefined;
    throw error;
  }
  if (isLast || batch.changedAssets().size > 0) await closeExposedAssets(deps);
  const complete_to = isLast ? completeTo(passStartedAt) : progress.complete_to;
  reportAge(clock, complete_to);
  return {
    pass_started_at: isLast ? null : passStartedAt,
    after: isLast ? null : (usernames.at(-1) ?? null),
    complete_to,
    updated_at: now,
  };
}

function completeTo(passStartedAt: IsoTime): IsoTime {
  return isoTime(addSeconds(new Date(passStartedAt), -DIRECTORY_LAG_SECONDS));
}

function reportAge(clock: Clock, completeTo: IsoTime | null): void {
  if (completeTo === null) return;
  showAge(() => {
    const milliseconds = clock.now().getTime() - Date.parse(completeTo);
    return [{ labels: {}, value: milliseconds / MILLISECONDS_PER_SECOND }];
  });
}

interface Advance {
  readonly work: DueWork;
  readonly progress: BookProgress;
  readonly next: BookProgress;
  readonly mayGoOn: boolean;
}

/** Stores the progress and plans what follows. Returns the planned work; undefined when another process was first. */
async function advance(
  { store, clock, houseBookSeconds }: ProjectDeps,
  { work, progress, next, mayGoOn }: Advance,
): Promise<DueWork | undefined> {
  const pause = next.pass_started_at === null ? houseBookSeconds : mayGoOn ? LEASE_SECONDS : 0;
  const planned: DueWork = { ...work, due_at: isoTime(addSeconds(clock.now(), pause)) };
  const reads = { work: dueWorkRecord.key(work), progress: bookProgressRecord.key({}) };
  return store.transact(reads, (items) => {
    const stored = bookProgressRecord.readIfPresent(items.progress);
    const isOurs =
      items.work && stored?.after === progress.after && stored.updated_at === progress.updated_at;
    if (!isOurs) return { writes: [], result: undefined };
    return { writes: [bookProgressRecord.replace(next), ...planNext(work, planned)], result: planned };
  });
}

function planNext(work: DueWork, planned: DueWork): Write[] {
  return isSameKey(dueWorkRecord.key(work), dueWorkRecord.key(planned))
    ? [dueWorkRecord.replace(planned)]
    : [doneWork(work), dueWorkRecord.create(planned)];
}

/** Adds a new account, and the ledger entries that the book does not have. */
async function addAccount(
  deps: ProjectDeps,
  batch: BookBatch,
  { balance, checkpoint: stored }: BookedAccount,
): Promise<void> {
  // A name without a balance is that of an account which is about to be created, or of a broken one.
  if (!balance) return;
  const { username, transaction_count: last } = balance;
  let checkpoint: BookCheckpoint;
  if (stored) checkpoint = stored;
  else {
    const opened = foldNewAccount(balance);
    await batch.add(undefined, opened);
    checkpoint = opened.checkpoint;
  }
  while (checkpoint.sequence < last) {
    const entries = await readEntries(deps, username, {
      first: checkpoint.sequence + 1,
      last: Math.min(checkpoint.sequence + ENTRIES_PER_READ, last),
    });
    const trades = await readTrades(deps.store, entries);
    for (const [position, entry] of entries.entries()) {
      const step = foldEntry(checkpoint, entry, trades[position]);
      await batch.add(checkpoint, step);
      checkpoint = step.checkpoint;
    }
  }
}

/** Reads entries of a ledger by number, oldest first. */
async function readEntries(
  { balances }: Pick<ProjectDeps, 'balances'>,
  username: Username,
  range: { readonly first: number; readonly last: number },
): Promise<BalanceTransaction[]> {
  const request = { limit: ENTRIES_PER_READ, offset: 0, after: undefined };
  const { items } = await balances.getUserTransactions(username, request, { range });
  const entries = items.toReversed();
  if (entries.length !== range.last - range.first + 1 || entries[0]?.sequence !== range.first)
    throw new RangeError(`the ledger of ${username} lacks entries from ${range.first} to ${range.last}`);
  return entries;
}

/** Reads the trade that each entry pays for; undefined for other entries. A trade has the time and the id of its payment. */
async function readTrades(
  store: TableStore,
  entries: readonly BalanceTransaction[],
): Promise<(AssetTransaction | undefined)[]> {
  const trades: (AssetTransaction | undefined)[] = entries.map(() => undefined);
  const paying = entries.flatMap((entry, position) => {
    const asset_id = paidAssetOf(entry);
    if (asset_id === undefined) return [];
    const { username, created_at: timestamp } = entry;
    const transaction_id = uniqueIdOf(entry.transaction_id);
    return [{ position, key: assetTransactionRecord.key({ username, asset_id, timestamp, transaction_id }) }];
  });
  for (let start = 0; start < paying.length; start += MAX_BATCH_GET_ITEMS) {
    const part = paying.slice(start, start + MAX_BATCH_GET_ITEMS);
    const items = await store.batchGet(part.map(({ key }) => key));
    for (const [index, { position }] of part.entries())
      trades[position] = assetTransactionRecord.readIfPresent(items[index]);
  }
  return trades;
}
