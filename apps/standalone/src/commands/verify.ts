import { loadEnvFile, readConfig } from '@cnop/common/config/read-config';
import type { StoreSettings } from '@cnop/common/config/settings';
import { storeSettings } from '@cnop/common/config/settings';
import { MILLISECONDS_PER_SECOND, systemClock } from '@cnop/common/core/clock';
import { openStore, storeFolder } from '@cnop/common/database/open-store';
import type { ItemKey, TableStore } from '@cnop/common/database/table-store';
import { progressLines } from '../data-command.ts';
import { dollars, groupThousands, tableLines } from '../terminal-text.ts';
import type { AuditCounts, AuditOptions, AuditReport } from '../verify/audit-store.ts';
import { verifyStore } from '../verify/audit-store.ts';
import type { Violation } from '../verify/violation.ts';
import { nameOf, RULES } from '../verify/violation.ts';

export interface VerifyOptions {
  /** The data folder, instead of DATA_DIR. */
  readonly dataDir?: string;
  readonly json?: boolean;
}

const EXIT_SOUND = 0;
const EXIT_VIOLATIONS = 1;
const EXIT_UNREADABLE = 2;
/** No violation was found, but some items changed during each reading. */
const EXIT_UNSETTLED = 3;

/**
 * Audits the store of the settings, also while a server runs on it. Nothing is written or created.
 * @returns the exit code: 0 no violation, 1 violations, 2 when the store cannot be read, 3 when no violation was found
 *   but some items changed too often to be checked
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
    const report = await verifyStore(store, progressPrinters());
    print(json ? reportJson(report) : reportText(report, performance.now() - startedAt));
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

/** Returns the exit code of a report: violations count more than what could not be settled. */
export function exitCodeOf({ violation_count, unsettled }: AuditReport): number {
  if (violation_count > 0) return EXIT_VIOLATIONS;
  return unsettled.length > 0 ? EXIT_UNSETTLED : EXIT_SOUND;
}

/** Prints progress to the standard error, so that the report can be kept in a file. */
function progressPrinters(): Pick<AuditOptions, 'onProgress' | 'onReread'> {
  const output = { printError: (text: string): unknown => process.stderr.write(text) };
  return { onProgress: progressLines(output, 'read'), onReread: progressLines(output, 'read again') };
}

/** Formats a report as JSON, with keys as `table/partition key/sort key`. */
function reportJson(report: AuditReport): string {
  const named = <T extends { readonly keys: readonly ItemKey[] }>(one: T) => ({
    ...one,
    keys: one.keys.map(nameOf),
  });
  const { violations, unsettled } = report;
  const all = { ...report, violations: violations.map(named), unsettled: unsettled.map(named) };
  return `${JSON.stringify(all, null, 2)}\n`;
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
    ...rereadLines(report),
    ...verdictLines(report),
    ...unsettledLines(report),
    '',
  ].join('\n');
}

function rereadLines({ is_snapshot, reread }: AuditReport): string[] {
  if (is_snapshot) return [];
  const number = groupThousands(String(reread));
  return [
    `This store has no snapshots: what seemed wrong was read again (${number} accounts or other items).`,
    '',
  ];
}

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

function verdictLines({ violations, violation_count, unsettled }: AuditReport): string[] {
  if (violation_count === 0 && unsettled.length > 0)
    return ['NOT SETTLED: no violation was found, but not everything could be checked.'];
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
  return ['', `  ${rule}: ${RULES[rule]}`, `    ${message}`, ...keys.map((key) => `    ${nameOf(key)}`)];
}

function unsettledLines({ unsettled }: AuditReport): string[] {
  if (unsettled.length === 0) return [];
  const shown = unsettled.slice(0, MAX_SHOWN_VIOLATIONS);
  const more = unsettled.length - shown.length;
  return [
    '',
    'Not settled, because they changed during each reading. Run the audit again when there is less traffic:',
    ...shown.map(({ what }) => `  ${what}`),
    ...(more > 0 ? [`  and ${groupThousands(String(more))} more.`] : []),
  ];
}
