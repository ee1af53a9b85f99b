import { dollars, groupThousands } from '../terminal/numbers.ts';
import { tableLines } from '../terminal/table.ts';
import type { AuditCounts, AuditReport } from './audit-store.ts';
import type { Violation } from './violation.ts';
import { RULES } from './violation.ts';

const MAX_SHOWN_VIOLATIONS = 100;
const MILLISECONDS_PER_SECOND = 1_000;

/** A report as people read it. */
export function reportText(report: AuditReport, tookMilliseconds: number): string {
  return [
    ...countLines(report.counts, tookMilliseconds).map((line) => `  ${line}`),
    '',
    ...(report.is_snapshot ? [] : [NO_SNAPSHOT, '']),
    ...verdictLines(report),
    '',
  ].join('\n');
}

const NO_SNAPSHOT =
  'This store has no snapshots: what was written meanwhile may have been seen by half. Confirm a violation by ' +
  'auditing again while nothing is written.';

function countLines(counts: AuditCounts, tookMilliseconds: number): string[] {
  const seconds = Math.round(tookMilliseconds / 10) / (MILLISECONDS_PER_SECOND / 10);
  return tableLines(
    [{}, { align: 'right' }],
    [
      ['users', groupThousands(String(counts.users))],
      ['cash total', dollars(counts.cash_total)],
      ['fees paid', dollars(counts.fee_total)],
      ['ledger entries', groupThousands(String(counts.transactions))],
      ['orders', groupThousands(String(counts.orders))],
      ['asset transactions', groupThousands(String(counts.trades))],
      ['events', groupThousands(String(counts.events))],
      ['holdings', groupThousands(String(counts.holdings))],
      ['assets', groupThousands(String(counts.assets))],
      ['items in all', groupThousands(String(counts.items))],
      ['seconds', String(seconds)],
    ],
  );
}

function verdictLines({ violations, violation_count }: AuditReport): string[] {
  if (violation_count === 0) return [`OK: all ${Object.keys(RULES).length} rules hold.`];
  const shown = violations.slice(0, MAX_SHOWN_VIOLATIONS);
  const more = violation_count - shown.length;
  return [
    `${groupThousands(String(violation_count))} ${violation_count === 1 ? 'violation' : 'violations'}:`,
    ...shown.flatMap(violationLines),
    ...(more > 0 ? ['', `and ${groupThousands(String(more))} more.`] : []),
  ];
}

function violationLines({ rule, keys, message }: Violation): string[] {
  return ['', `  ${rule}: ${RULES[rule]}`, `    ${message}`, ...keys.map((key) => `    ${key}`)];
}
