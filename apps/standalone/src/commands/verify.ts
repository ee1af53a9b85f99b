import { loadEnvFile } from '@cnop/common/config/load-env-file';
import { readConfig } from '@cnop/common/config/read-config';
import type { StoreSettings } from '@cnop/common/config/settings';
import { storeSettings } from '@cnop/common/config/settings';
import { systemClock } from '@cnop/common/core/clock';
import { openStore, storeFolder } from '@cnop/common/database/open-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { groupThousands } from '../terminal/numbers.ts';
import type { AuditReport } from '../verify/audit-store.ts';
import { verifyStore } from '../verify/audit-store.ts';
import { reportText } from '../verify/report-text.ts';

export interface VerifyOptions {
  /** Folder of the embedded store, instead of the one that the settings name. */
  readonly dataDir?: string;
  readonly json?: boolean;
}

const EXIT_SOUND = 0;
const EXIT_VIOLATIONS = 1;
const EXIT_UNREADABLE = 2;
/** Small stores are read before anybody wonders. */
const PROGRESS_EVERY_ITEMS = 250_000;

/**
 * Audits the store that the settings name, beside a running server if there is one. Nothing is written or created.
 * @returns the exit code: 0 sound, 1 violations, 2 when the store cannot be read
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
    // A folder that is named can only mean the embedded store.
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
