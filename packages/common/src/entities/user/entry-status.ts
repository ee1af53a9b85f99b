import { StateConflictError } from '@cnop/exception/errors';
import type { IsoTime } from '../../core/brands.ts';
import type { BalanceTransaction, TransactionStatus } from './balance-transaction.ts';

/**
 * The statuses that may follow a status. An entry has moved its cash when it is posted, so it never fails and is never
 * cancelled: another entry corrects it. An entry of `postToLedger` is completed, which is final.
 */
const MAY_FOLLOW: Readonly<Record<TransactionStatus, readonly TransactionStatus[]>> = {
  pending: ['processing', 'completed'],
  processing: ['completed'],
  completed: [],
  failed: [],
  cancelled: [],
};

/**
 * Sets the status of a ledger entry, which moves no cash.
 * @throws StateConflictError (409) when the status may not follow the current one
 */
export function advanceEntry(
  entry: BalanceTransaction,
  status: TransactionStatus,
  at: IsoTime,
): BalanceTransaction {
  if (!MAY_FOLLOW[entry.status].includes(status)) {
    throw new StateConflictError(
      `A ${entry.status} transaction cannot become ${status}. Post another one to correct it.`,
    );
  }
  return { ...entry, status, updated_at: at, ...(status === 'completed' && { completed_at: at }) };
}
