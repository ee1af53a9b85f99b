import { ForbiddenError, StateConflictError } from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';
import type { IsoTime, TransactionId, Usd } from '../../core/brands.ts';
import { ledgerEntryId } from '../../core/ids.ts';
import { decimal, formatUsd, isStorable, ZERO } from '../../core/money.ts';
import type { Balance, SentTransfers } from './balance.ts';
import type { Posting } from './balance-rules.ts';
import { availableCash, InsufficientBalanceError, postToLedger, userAccount } from './balance-rules.ts';

/** What one user may transfer in a day (UTC). An absent member is no limit. */
export interface TransferLimits {
  /** USD. */
  readonly dailyAmount?: Usd | undefined;
  readonly dailyCount?: number | undefined;
}

/** 422 BUS_004: a transfer would exceed a daily limit of its sender. */
class TransferLimitError extends ProblemError {
  constructor({
    what,
    limit,
    used,
  }: { readonly what: string; readonly limit: string; readonly used: string }) {
    const detail = `You can transfer at most ${limit} ${what} a day, and ${used} are used today (UTC).`;
    super('BUS_004', { detail, extensions: { limit, used } });
  }
}

/** What decides about every transfer, of cash or of units. */
export interface TransferTerms {
  readonly sender: Balance;
  readonly recipient: Balance;
  /** What counts against the daily limit, in USD. */
  readonly amount: Usd;
  readonly at: IsoTime;
  readonly limits: TransferLimits;
}

/** A transfer of cash: `amount` is above zero. */
export type CashTransfer = TransferTerms;

/** Both postings of a transfer. */
export interface TransferPosting {
  readonly sent: Posting;
  readonly received: Posting;
}

/**
 * Returns the reasons to refuse a transfer that lie in the two accounts and the limits. The recipient's reasons have one
 * text, which tells the sender neither the state of that account nor its cash.
 * @param canHold whether the recipient's account has room for what is transferred
 */
export function accountRefusals(
  { sender, recipient, amount, at, limits }: TransferTerms,
  canHold: boolean,
): ProblemError[] {
  const refusals: ProblemError[] = [];
  if (sender.trading_block !== null)
    refusals.push(new ForbiddenError(`This account is ${sender.trading_block} and cannot transfer.`));
  if (sender.transfers_frozen)
    refusals.push(new ForbiddenError('Transfers of this account are frozen. Ask an administrator.'));
  const receives = recipient.trading_block === null && !recipient.transfers_frozen;
  if (!receives || !canHold)
    refusals.push(new StateConflictError('This account cannot receive the transfer.'));
  const { count, amount: used } = sentOnDay(sender, at);
  const { dailyAmount, dailyCount } = limits;
  if (dailyAmount !== undefined && decimal(used).plus(amount).gt(dailyAmount))
    refusals.push(new TransferLimitError({ what: 'USD', limit: dailyAmount, used }));
  if (dailyCount !== undefined && count >= dailyCount)
    refusals.push(new TransferLimitError({ what: 'times', limit: String(dailyCount), used: String(count) }));
  return refusals;
}

/** Returns every reason to refuse a transfer of cash. */
export function transferRefusals(transfer: CashTransfer): ProblemError[] {
  const { sender, recipient, amount } = transfer;
  const canHold = isStorable(decimal(recipient.current_balance).plus(amount));
  const refusals = accountRefusals(transfer, canHold);
  const available = availableCash(sender);
  if (decimal(amount).gt(available))
    refusals.push(
      new InsufficientBalanceError('cash', {
        available: formatUsd(available),
        required: formatUsd(decimal(amount)),
        field: 'amount',
      }),
    );
  return refusals;
}

/**
 * Posts a transfer to the ledgers of both users. Each entry names the other user as its other side, and the other entry
 * as its reference.
 * @throws ProblemError the first one of `transferRefusals`
 * @see docs/reference/transfers.md
 */
export function postTransfer(
  transfer: CashTransfer,
  { id, description }: { readonly id: TransactionId; readonly description: string | null },
): TransferPosting {
  const [refusal] = transferRefusals(transfer);
  if (refusal) throw refusal;
  const { sender, recipient, at } = transfer;
  const amount = decimal(transfer.amount);
  const entry = { type: 'transfer', amount, description, at, id } as const;
  const idIn = ({ transaction_count }: Balance): TransactionId => ledgerEntryId(transaction_count + 1, id);
  const sent = postToLedger(sender, {
    ...entry,
    direction: 'debit',
    counterpart: userAccount(recipient.username),
    referenceId: idIn(recipient),
  });
  const received = postToLedger(recipient, {
    ...entry,
    direction: 'credit',
    counterpart: userAccount(sender.username),
    referenceId: idIn(sender),
  });
  return { sent: { ...sent, balance: countSent(sent.balance, transfer) }, received };
}

/** Returns the balance of a sender that counts one more transfer of the day. */
export function countSent(sender: Balance, { amount, at }: Pick<TransferTerms, 'amount' | 'at'>): Balance {
  const { day, count, amount: used } = sentOnDay(sender, at);
  const sent_transfers = { day, count: count + 1, amount: formatUsd(decimal(used).plus(amount)) };
  return { ...sender, sent_transfers };
}

/**
 * Returns what an account has sent on the day (UTC) of a time. A later day, which an instance whose clock is ahead has begun,
 * goes on: otherwise a limit would begin anew with each change of the instance.
 */
export function sentOnDay(
  { sent_transfers: last }: Pick<Balance, 'sent_transfers'>,
  at: IsoTime,
): SentTransfers {
  const day = at.slice(0, 'YYYY-MM-DD'.length);
  return last && last.day >= day ? last : { day, count: 0, amount: formatUsd(ZERO) };
}
