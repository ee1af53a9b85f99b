import type { Clock } from '@cnop/common/core/clock';
import { systemClock } from '@cnop/common/core/clock';
import { formatDecimal } from '@cnop/common/core/money';
import type { StoreSnapshot, TableStore } from '@cnop/common/database/table-store';
import { createCrossCheck } from './cross-check.ts';
import { explainDifferences } from './explain-differences.ts';
import { rereadHouseBook } from './house-book-walk.ts';
import type { Audit, HouseBookFindings, Tally } from './read-everything.ts';
import { readEverything } from './read-everything.ts';
import { eventsKeptSince } from './rules/events.ts';
import { showUsd } from './rules/order-basics.ts';
import type { Unsettled } from './settle-suspects.ts';
import { settleSuspects } from './settle-suspects.ts';
import type { Kind } from './stored-kinds.ts';
import { createSuspects } from './suspects.ts';
import type { Violation } from './violation.ts';
import { createFindings, MAX_KEPT_VIOLATIONS } from './violation.ts';

export interface AuditOptions {
  /** Called from time to time with the number of items read. */
  readonly onProgress?: (itemsRead: number) => void;
  /** Decides which events are old enough to be deleted. */
  readonly clock?: Clock;
  /** Called with the numbers of suspects of a store without snapshots that were read again, and of all of them. */
  readonly onReread?: (reread: number, suspects: number) => void;
  /** The pause before a suspect is read again; each further one is longer. */
  readonly pauseMilliseconds?: number;
}

const PAUSE_MILLISECONDS = 100;
/** An account has few statements. */
const BUCKETS_OF_A_PICTURE = 2 ** 12;

/** How many items of each kind an audit read. */
export interface AuditCounts {
  readonly users: number;
  readonly transactions: number;
  readonly orders: number;
  readonly trades: number;
  readonly events: number;
  readonly holdings: number;
  readonly assets: number;
  /** Readable items of all kinds. */
  readonly items: number;
  /** USD. */
  readonly cash_total: string;
  /** USD paid to the house in fees. */
  readonly fee_total: string;
  /** What each account of the other side received in all, in USD. */
  readonly accounts: Readonly<Record<string, string>>;
  /** The cash of all wallets by currency, without USD. */
  readonly wallets: Readonly<Record<string, string>>;
}

/** The result of an audit. */
export interface AuditReport {
  /** The first thousand violations. */
  readonly violations: readonly Violation[];
  readonly violation_count: number;
  readonly counts: AuditCounts;
  /** Whether everything was read as of one moment. If not, what seemed to break a rule was read again. */
  readonly is_snapshot: boolean;
  /** The number of accounts and other items that were read again. */
  readonly reread: number;
  /** What changed during each of its readings: neither known to be right nor to be wrong. */
  readonly unsettled: readonly Unsettled[];
}

/**
 * Checks every rule of `RULES` over a whole store and reports the items that break one. Writes nothing.
 *
 * The audit shares the shape of items and keys with the services, but no rule of money: it states each of them again.
 * Memory does not grow with ledgers, trades, events or final orders. In a store without snapshots the first reading sees
 * halves of commits, so it only names suspects. Those are read again, each account as of one moment.
 * @throws StoreUnavailableError (503) when the store cannot be read
 * @see docs/reference/verify.md
 */
export async function verifyStore(store: TableStore, options: AuditOptions = {}): Promise<AuditReport> {
  const { onProgress = () => undefined, clock = systemClock } = options;
  const snapshot = await store.snapshot?.();
  // Taken after the snapshot, so that every event that was deleted for its age before the snapshot counts as old.
  const now = clock.now();
  const given = { onProgress, now, keptSince: eventsKeptSince(now) };
  try {
    return await (snapshot ? verifySnapshot(snapshot, given) : verifyChangingStore(store, given, options));
  } finally {
    snapshot?.release();
  }
}

type Given = Pick<Audit, 'onProgress' | 'now' | 'keptSince'>;

async function verifySnapshot(snapshot: StoreSnapshot, given: Given): Promise<AuditReport> {
  const findings = createFindings();
  const { tally } = await checkAll({ ...given, reader: snapshot, check: createCrossCheck(), findings });
  findings.add(tally.houseBook.violations);
  return {
    violations: findings.kept(),
    violation_count: findings.total(),
    counts: countsOf(tally),
    is_snapshot: true,
    reread: 0,
    unsettled: [],
  };
}

async function verifyChangingStore(
  store: TableStore,
  given: Given,
  { onReread = () => undefined, pauseMilliseconds = PAUSE_MILLISECONDS }: AuditOptions,
): Promise<AuditReport> {
  const suspects = createSuspects();
  const check = createCrossCheck();
  const { tally, isComplete } = await checkAll({ ...given, reader: store, check, findings: suspects });
  const { violations, unsettled, reread } = await settleSuspects({
    store,
    suspects,
    pauseMilliseconds,
    onProgress: onReread,
    async audit(reader, isWitness) {
      const findings = createFindings();
      const ofPicture = { reader, isWitness, check: createCrossCheck(BUCKETS_OF_A_PICTURE), findings };
      await checkAll({ ...given, ...ofPicture, onProgress: () => undefined });
      return findings.kept();
    },
  });
  const isWhole = isComplete && !suspects.isOverfull();
  const book = await settleHouseBook(store, tally.houseBook);
  const all = [...violations, ...(book ?? [])];
  if (!book) unsettled.push({ what: 'the house book', keys: [] });
  return {
    violations: all.slice(0, MAX_KEPT_VIOLATIONS),
    violation_count: all.length,
    counts: countsOf(tally),
    is_snapshot: false,
    reread,
    unsettled: isWhole ? unsettled : [...unsettled, { what: TOO_MANY, keys: [] }],
  };
}

/** Returns what is wrong with the sums of the house book at one moment; undefined when it changed during each reading. */
async function settleHouseBook(
  store: TableStore,
  { violations, isOneMoment }: HouseBookFindings,
): Promise<readonly Violation[] | undefined> {
  return violations.length === 0 || isOneMoment ? violations : rereadHouseBook(store);
}

const TOO_MANY = 'further items: too many changed during the audit to read all of them again';

/** Checks every rule in one or two readings. */
async function checkAll(audit: Audit): Promise<{ readonly tally: Tally; readonly isComplete: boolean }> {
  const tally = await readEverything(audit);
  return { tally, isComplete: audit.check.isBalanced() || (await explainDifferences(audit)) };
}

function countsOf({ kinds, cash, fees, accounts, currencies }: Tally): AuditCounts {
  const count = (kind: Kind): number => kinds.get(kind) ?? 0;
  return {
    users: count('user'),
    transactions: count('ledger entry'),
    orders: count('order'),
    trades: count('asset transaction'),
    events: count('event'),
    holdings: count('holding'),
    assets: count('asset'),
    items: [...kinds.values()].reduce((sum, items) => sum + items, 0),
    cash_total: showUsd(cash),
    fee_total: showUsd(fees),
    accounts: Object.fromEntries(
      [...accounts]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([account, amount]) => [account, showUsd(amount)]),
    ),
    wallets: Object.fromEntries(
      [...currencies].map(([currency, books]): [string, string] => [currency, formatDecimal(books.cash)]),
    ),
  };
}
