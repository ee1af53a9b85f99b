import type { Download } from '../http/client.ts';
import { downloadFile } from '../http/client.ts';
import type { LedgerFilter } from './ledger.ts';
import { ledgerFilterQuery } from './ledger.ts';

/** Every line of a filter as CSV, which spreadsheets read. */
export async function exportLedger(filter: LedgerFilter): Promise<Download> {
  return downloadFile({
    path: '/balance/transactions/export',
    query: ledgerFilterQuery(filter),
    mediaType: 'text/csv',
    fallbackName: 'cnop-transactions.csv',
  });
}
