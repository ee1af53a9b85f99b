import type { Clock } from '@cnop/common/core/clock';
import { systemClock } from '@cnop/common/core/clock';
import type { TableStore } from '@cnop/common/database/table-store';
import { createCrossCheck } from './cross-check.ts';
import { explainDifferences } from './explain-differences.ts';
import type { Tally } from './read-everything.ts';
import { readEverything } from './read-everything.ts';
import { eventsKeptSince } from './rules/events.ts';
import { showUsd } from './rules/order-basics.ts';
import type { Kind } from './stored-kinds.ts';
import type { Violation } from './violation.ts';
import { createFindings } from './violation.ts';

export interface AuditOptions {
  /** Called from time to time with the number of items read. */
  readonly onProgress?: (itemsRead: number) => void;
  /** Decides which events are old enough to be deleted. */
  readonly clock?: Clock;
}

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
}

/** The result of an audit. */
export interface AuditReport {
  /** The first thousand violations. */
  readonly violations: readonly Violation[];
  readonly violation_count: number;
  readonly counts: AuditCounts;
  /**
   * Whether everything was read as of one moment. If not, the audit may see half of a commit and report a violation that
   * is none: audit again while nothing is written.
   */
  readonly is_snapshot: boolean;
}

/**
 * Checks every rule of `RULES` over a whole store and reports the items that break one. Writes nothing.
 *
 * The audit shares the shape of items and keys with the services, but no rule of money: it states each of them again.
 * Memory does not grow with ledgers, trades, events or final orders.
 * @throws StoreUnavailableError (503) when the store cannot be read
 * @see docs/reference/verify.md
 */
export async function verifyStore(store: TableStore, options: AuditOptions = {}): Promise<AuditReport> {
  const { onProgress = () => undefined, clock = systemClock } = options;
  const snapshot = await store.snapshot?.();
  // Taken after the snapshot, so that every event that was deleted for its age before the snapshot counts as old.
  const now = clock.now();
  try {
    const audit = {
      reader: snapshot ?? store,
      check: createCrossCheck(),
      findings: createFindings(),
      onProgress,
      now,
      keptSince: eventsKeptSince(now),
    };
    const tally = await readEverything(audit);
    if (!audit.check.isBalanced()) await explainDifferences(audit);
    return {
      violations: audit.findings.kept(),
      violation_count: audit.findings.total(),
      counts: countsOf(tally),
      is_snapshot: snapshot !== undefined,
    };
  } finally {
    snapshot?.release();
  }
}

function countsOf({ kinds, cash, fees }: Tally): AuditCounts {
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
  };
}
