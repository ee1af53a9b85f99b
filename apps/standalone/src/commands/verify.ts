import { loadEnvFile, readConfig } from '@cnop/common/config/read-config';
import type { StoreSettings } from '@cnop/common/config/settings';
import { storeSettings } from '@cnop/common/config/settings';
import { MILLISECONDS_PER_SECOND, systemClock } from '@cnop/common/core/clock';
import { openStore, storeFolder } from '@cnop/common/database/open-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { dollars, groupThousands, tableLines } from '../terminal-text.ts';
import type { AuditCounts, AuditReport } from '../verify/audit-store.ts';
import { verifyStore } from '../verify/audit-store.ts';
import type { Violation } from '../verify/violation.ts';
import { RULES } from '../verify/violation.ts';

export interface VerifyOptions {
  /** The data folder, instead of DATA_DIR. */
  readonly dataDir?: string;
  readonly json?: boolean;
}

const EXIT_SOUND = 0;
const EXIT_VIOLATIONS = 1;
const EXIT_UNREADABLE = 2;
/** Small stores are read too fast to need a progress line. */
const PROGRESS_EVERY_ITEMS = 250_000;

/**
 * Audits the store of the settings, also while a server runs on it. Nothing is written or created.
 * @returns the exit code: 0 no violation, 1 violations, 2 when the store cannot be read
 */
export async function runVerify(
  options: VerifyOptions,
  print: (text: string) => void = (text) => process.stdout.write(text),
): Promise<number> {
  const { json = false } = options;
  const opened = await openForAudit(options);
  if ('reason' in opened) {
    print(
      json
        ? `${JSON.stringify({ error: opened.reason })}\n`
        : `The store cannot be opened: ${opened.reason}\n`,
    );
    return EXIT_UNREADABLE;
  }
  const { store, place } = opened;
  try {
    if (!json) print(`Auditing ${place}${store.snapshot ? ', as it is at this moment' : ''}\n\n`);
    const startedAt = performance.now();
    const report = await verifyStore(store, json ? {} : { onProgress: progressPrinter(print) });
    print(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, performance.now() - startedAt));
    return exitCodeOf(report);
  } catch (error) {
    print(
      json
        ? `${JSON.stringify({ error: messageOf(error) })}\n`
        : `The store cannot be read: ${messageOf(error)}\n`,
    );
    return EXIT_UNREADABLE;
  } finally {
    await store.close();
  }
}

type Opened = { readonly store: TableStore; readonly place: string } | { readonly reason: string };

async function openForAudit({ dataDir }: VerifyOptions): Promise<Opened> {
  try {
    loadEnvFile();
    const settings = readConfig(storeSettings);
    // Only the embedded store has a folder.
    const chosen: StoreSettings =
      dataDir === undefined ? settings : { ...settings, STORE: 'lmdb', DATA_DIR: dataDir };
    const place =
      chosen.STORE === 'lmdb' ? storeFolder(chosen) : `DynamoDB tables ${chosen.DYNAMODB_TABLE_PREFIX}*`;
    return { store: await openStore(chosen, systemClock, { readOnly: true }), place };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

function exitCodeOf({ violation_count }: AuditReport): number {
  return violation_count === 0 ? EXIT_SOUND : EXIT_VIOLATIONS;
}

function progressPrinter(print: (text: string) => void): (itemsRead: number) => void {
  return (itemsRead) => {
    if (itemsRead % PROGRESS_EVERY_ITEMS === 0) print(`  ${groupThousands(String(itemsRead))} read\n`);
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const MAX_SHOWN_VIOLATIONS = 100;

/** Formats a report for the terminal. */
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
  'This store has no snapshots, so the audit may have seen half of a commit. To confirm a violation, run the audit ' +
  'again while nothing is written.';

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
