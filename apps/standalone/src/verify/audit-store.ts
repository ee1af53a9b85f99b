import type { Clock } from '@cnop/common/core/clock';
import { systemClock } from '@cnop/common/core/clock';
import type { TableStore } from '@cnop/common/database/table-store';
import { createCrossCheck } from './cross-check.ts';
import { explainDifferences } from './explain-differences.ts';
import { createFindings } from './findings.ts';
import type { Tally } from './read-everything.ts';
import { readEverything } from './read-everything.ts';
import { eventsKeptSince } from './rules/retention.ts';
import { showUsd } from './rules/show-usd.ts';
import type { Kind } from './stored-kinds.ts';
import type { Violation } from './violation.ts';

export interface AuditOptions {
  /** Told now and then how many items were read. */
  readonly onProgress?: (itemsRead: number) => void;
  /** Tells what may be deleted for its age. */
  readonly clock?: Clock;
}

export interface AuditCounts {
  readonly users: number;
  readonly transactions: number;
  readonly orders: number;
  readonly trades: number;
  readonly events: number;
  readonly holdings: number;
  readonly assets: number;
  /** All items of all kinds that could be read. */
  readonly items: number;
  /** USD. */
  readonly cash_total: string;
  /** USD that the house was paid in fees. */
  readonly fee_total: string;
}

export interface AuditReport {
  /** The first thousand. */
  readonly violations: readonly Violation[];
  readonly violation_count: number;
  readonly counts: AuditCounts;
  /**
   * Whether everything was read as of one moment. If not, a commit during the audit may be seen by half, and look like
   * a violation: audit again while nothing is written.
   */
  readonly is_snapshot: boolean;
}

/**
 * Proves every rule of `RULES` over a whole store, or says which items break which. It writes nothing.
 *
 * The auditor shares with the services the shape of items and keys, and no rule of money: those it states again.
 * Memory does not grow with ledgers, trades, events or orders that are over; what breaks a rule is looked at in a second reading.
 */
export async function verifyStore(store: TableStore, options: AuditOptions = {}): Promise<AuditReport> {
  const { onProgress = () => undefined, clock = systemClock } = options;
  const snapshot = await store.snapshot?.();
  // Later than the snapshot, so that what was deleted for its age before it counts as old.
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
