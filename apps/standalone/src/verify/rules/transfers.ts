import type { Username } from '@cnop/common/core/brands';
import { knownUsername, transactionId } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import { balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
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
  return userOf(legs[0]?.account ?? '');
}

function userOf(account: string): Username | undefined {
  const name = USER_ACCOUNT.exec(account)?.[1];
  return name === undefined ? undefined : knownUsername(name);
}

/** Returns the key of the other side of a transfer of units: the same transaction in the other user's position. */
export function otherMovementKey(transaction: AssetTransaction): ItemKey | undefined {
  const username = userOf(transaction.counterpart);
  return username && assetTransactionRecord.key({ ...transaction, username });
}

/** Returns what one side of a transfer of units states about both. */
export function unitTransferText(transaction: AssetTransaction): string {
  const { username, counterpart, direction, asset_id, quantity, price, total_amount, cost } = transaction;
  const other = userOf(counterpart) ?? '?';
  const [from, to] = direction === 'out' ? [username, other] : [other, username];
  return [from, to, asset_id, quantity, price, total_amount, cost ?? '?', transaction.timestamp].join(' ');
}

/** Checks that a transfer of units has one side that sends and one that receives, which state the same. */
export function checkUnitTransfer(sides: readonly StoredOf<'asset transaction'>[]): Violation[] {
  const keys = sides.map(({ key }) => key);
  const sent = sides.filter(({ entity }) => entity.direction === 'out').length;
  if (sent !== 1 || sides.length !== 2) {
    const text = `A transfer is sent once and received once, but here it is ${sent} and ${sides.length - sent} times.`;
    return [violation('transfer-sides', keys, text)];
  }
  const [one, other] = sides.map(({ entity }) => unitTransferText(entity));
  if (one === other) return [];
  return [violation('transfer-sides', keys, `One side states ${one}, the other ${other}.`)];
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

/** An entry of the ledger of the balance in USD or of a wallet. */
export type LedgerLine = Omit<BalanceTransaction, 'amount' | 'previous_balance' | 'new_balance'> &
  Readonly<Record<'amount' | 'previous_balance' | 'new_balance', string>>;

/** The transfers that an account sent on one day, computed from its ledger. */
export interface SentOnDay {
  readonly day: string;
  readonly count: number;
  /** USD. */
  readonly amount: string;
}

/** Returns the transfers sent on the last day with one, after the next entry of a ledger. */
export function countSent(sent: SentOnDay | null, entry: LedgerLine): SentOnDay | null {
  if (entry.transaction_type !== 'transfer' || entry.direction !== 'debit') return sent;
  const day = entry.created_at.slice(0, LENGTH_OF_DAY);
  // The day of an instance whose clock is ahead goes on.
  if (sent === null || sent.day < day) return { day, count: 1, amount: entry.amount };
  const amount = showUsd(decimal(sent.amount).plus(entry.amount));
  return { day: sent.day, count: sent.count + 1, amount };
}

/** The transfers that users sent on their last day with one, of cash and of units. */
export interface SentTransfers {
  /** Adds a transaction of a position; only a transfer that sends counts. */
  addUnits(transaction: AssetTransaction): void;
  /** Adds what a balance counts, and the transfers of its ledger. */
  addBalance(key: ItemKey, balance: Balance, ledger: SentOnDay | null): void;
  /** Compares what each balance counts for the daily limits with both. */
  end(): Violation[];
}

/**
 * Creates an empty collection. It remembers each user who ever sent a transfer: positions lie in other partitions than their
 * balance, so either may come first.
 */
export function createSentTransfers(): SentTransfers {
  const units = new Map<Username, SentOnDay>();
  const balances = new Map<
    Username,
    Pick<Balance, 'sent_transfers'> & { key: ItemKey; ledger: SentOnDay | null }
  >();
  return {
    addUnits({ username, transaction_type, direction, timestamp, total_amount }) {
      if (transaction_type !== 'transfer' || direction !== 'out') return;
      const day = timestamp.slice(0, LENGTH_OF_DAY);
      const sent = laterOf(units.get(username) ?? null, { day, count: 1, amount: total_amount });
      if (sent) units.set(username, sent);
    },
    addBalance(key, { username, sent_transfers }, ledger) {
      if (sent_transfers !== null || ledger !== null) balances.set(username, { key, sent_transfers, ledger });
    },
    end() {
      return [...balances].flatMap(([username, { key, sent_transfers, ledger }]) => {
        const [stated, due] = [textOf(sent_transfers), textOf(laterOf(ledger, units.get(username) ?? null))];
        if (stated === due) return [];
        return [violation('balance-transfers', [key], `It counts ${stated}, but the account sent ${due}.`)];
      });
    },
  };
}

/** Returns the transfers of the later day, or those of both when the day is the same. */
function laterOf(one: SentOnDay | null, other: SentOnDay | null): SentOnDay | null {
  if (one === null || other === null) return one ?? other;
  if (one.day !== other.day) return one.day > other.day ? one : other;
  const amount = showUsd(decimal(one.amount).plus(other.amount));
  return { day: one.day, count: one.count + other.count, amount };
}

function textOf(sent: SentOnDay | null): string {
  return sent === null ? 'no transfer' : `${sent.count} of ${sent.amount} on ${sent.day}`;
}
