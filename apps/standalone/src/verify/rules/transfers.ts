import type { Username } from '@cnop/common/core/brands';
import { knownUsername, transactionId } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Balance } from '@cnop/common/entities/user/balance';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { showUsd } from './order-basics.ts';

const USER_ACCOUNT = /^user:(.+)$/;
const LENGTH_OF_DAY = 10;

/** Returns the user on the other side of a transfer; undefined when its legs name none. */
function otherUserOf({ legs }: BalanceTransaction): Username | undefined {
  const name = USER_ACCOUNT.exec(legs[0]?.account ?? '')?.[1];
  return name === undefined ? undefined : knownUsername(name);
}

/** Returns the key of the entry that an entry of a transfer names as the other one, if it names one. */
export function otherEntryKey(entry: BalanceTransaction): ItemKey | undefined {
  const username = otherUserOf(entry);
  if (username === undefined || entry.reference_id === null) return undefined;
  return balanceTransactionRecord.key({ username, transaction_id: transactionId(entry.reference_id) });
}

/** Returns the id of the debit of a transfer, which both entries know. */
export function debitIdOf({ direction, transaction_id, reference_id }: BalanceTransaction): string {
  return direction === 'debit' ? transaction_id : (reference_id ?? '');
}

/** Returns what an entry of a transfer states about both: the users, the amount and the id of the credit. */
export function transferText(entry: BalanceTransaction): string {
  const { direction, username, amount, transaction_id, reference_id } = entry;
  const other = otherUserOf(entry) ?? '?';
  return direction === 'debit'
    ? [username, other, amount, reference_id ?? '?'].join(' ')
    : [other, username, amount, transaction_id].join(' ');
}

/** Checks that a transfer has one debit and one credit that state the same. */
export function checkTransfer(entries: readonly StoredOf<'ledger entry'>[]): Violation[] {
  const keys = entries.map(({ key }) => key);
  const [sent, received] = (['debit', 'credit'] as const).map((direction) =>
    entries.filter(({ entity }) => entity.direction === direction),
  );
  if (sent?.length !== 1 || received?.length !== 1) {
    const text = `A transfer has a debit and a credit, but here are ${sent?.length} and ${received?.length}.`;
    return [violation('transfer-sides', keys, text)];
  }
  const [one, other] = entries.map(({ entity }) => transferText(entity));
  if (one === other) return [];
  return [violation('transfer-sides', keys, `One entry states ${one}, the other ${other}.`)];
}

/** The transfers that an account sent on one day, computed from its ledger. */
export interface SentOnDay {
  readonly day: string;
  readonly count: number;
  /** USD. */
  readonly amount: string;
}

/** Returns the transfers sent on the last day with one, after the next entry of a ledger. */
export function countSent(sent: SentOnDay | null, entry: BalanceTransaction): SentOnDay | null {
  if (entry.transaction_type !== 'transfer' || entry.direction !== 'debit') return sent;
  const day = entry.created_at.slice(0, LENGTH_OF_DAY);
  // The day of an instance whose clock is ahead goes on.
  if (sent === null || sent.day < day) return { day, count: 1, amount: entry.amount };
  const amount = showUsd(decimal(sent.amount).plus(entry.amount));
  return { day: sent.day, count: sent.count + 1, amount };
}

/** Compares the transfers that a balance counts for the daily limits with those of the ledger. */
export function checkSent(
  key: ItemKey,
  { sent_transfers: counted }: Balance,
  sent: SentOnDay | null,
): Violation[] {
  const [stated, due] = [textOf(counted), textOf(sent)];
  if (stated === due) return [];
  return [violation('balance-transfers', [key], `It counts ${stated}, but the ledger has ${due}.`)];
}

function textOf(sent: SentOnDay | null): string {
  return sent === null ? 'no transfer' : `${sent.count} of ${sent.amount} on ${sent.day}`;
}
