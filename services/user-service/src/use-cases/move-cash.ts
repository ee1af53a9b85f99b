import type { Clock } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import { decimal, formatUsd } from '@cnop/common/core/money';
import type { Intent, Once } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { TableStore, Write } from '@cnop/common/database/table-store';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import { NotFoundError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { CashRule, Posting } from '../domain/cash.ts';

/** The response to every movement of cash. */
export const cashReceiptSchema = z.object({
  success: z.literal(true),
  message: z.string(),
  transaction_id: z.string(),
  new_balance: z.string(),
  timestamp: z.string(),
});
export type CashReceipt = z.infer<typeof cashReceiptSchema>;

export interface MoveCashDeps {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly ids: IdSource;
}

export interface MoveCash {
  readonly username: string;
  /** USD. */
  readonly amount: string;
  readonly description: string | null;
  /** Present when the client sent an Idempotency-Key. */
  readonly intent: Intent | undefined;
}

export interface CashKind {
  readonly rule: CashRule;
  /** The start of the receipt's message; the amount follows. */
  readonly verb: string;
  /** Returns further writes of the same commit, such as the audit event of an adjustment. */
  readonly companions?: (posting: Posting) => readonly Write[];
}

/**
 * Moves cash by a rule. Balance, ledger entry, event and the stored response for retries are one commit.
 * @throws NotFoundError (404) without an account
 * @throws ValidationError (422) for an Idempotency-Key that was used for another request
 * @throws InsufficientBalanceError (422) when the rule takes more than the available balance
 * @see docs/adr/0001-decide-then-commit.md
 */
export async function moveCash(
  deps: MoveCashDeps,
  { username, amount, description, intent }: MoveCash,
  { rule, verb, companions = () => [] }: CashKind,
): Promise<Once<CashReceipt>> {
  const now = deps.clock.now();
  const at = now.toISOString();
  const movement = { amount, description, at, id: deps.ids.next() };
  const change = { type: 'balance.changed', at, id: deps.ids.next() } as const;
  return transactOnce(deps.store, {
    intent,
    now,
    answer: cashReceiptSchema,
    reads: { balance: balanceRecord.key({ username }) },
    decide: (items) => {
      const balance = balanceRecord.readIfPresent(items.balance);
      if (!balance) throw new NotFoundError('The account');
      const posting = rule(balance, movement);
      const next = nextEvent(posting.balance, change);
      return {
        writes: [
          balanceRecord.replace(next.balance),
          balanceTransactionRecord.create(posting.transaction),
          liveEventRecord.create(next.event),
          ...companions(posting),
        ],
        result: toReceipt(posting, `${verb} ${formatSignedUsd(amount)}`),
      };
    },
  });
}

/** Formats a signed amount, such as `$12.50` or `-$12.50`. */
function formatSignedUsd(amount: string): string {
  const value = decimal(amount);
  return `${value.lt('0') ? '-' : ''}$${formatUsd(value.abs())}`;
}

function toReceipt({ transaction }: Posting, message: string): CashReceipt {
  return {
    success: true,
    message,
    transaction_id: transaction.transaction_id,
    new_balance: transaction.new_balance,
    timestamp: transaction.created_at,
  };
}
