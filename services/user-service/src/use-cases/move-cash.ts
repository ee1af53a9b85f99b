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

/** The answer to every movement of cash. */
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
  readonly amount: string;
  readonly description: string | null;
  /** Present when the client sent an Idempotency-Key. */
  readonly intent: Intent | undefined;
}

export interface CashKind {
  readonly rule: CashRule;
  /** What the receipt says, before the amount. */
  readonly verb: string;
  /** Makes what else belongs to the same commit, such as the audit event of an adjustment. */
  readonly companions?: (posting: Posting) => readonly Write[];
}

/**
 * Moves cash by a rule: balance, line of the ledger, event and the answer to a retry in one commit.
 * @throws NotFoundError (404) without an account; ValidationError (422) for a key of another request; what the rule throws
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
        result: receiptOf(posting, `${verb} ${spokenUsd(amount)}`),
      };
    },
  });
}

/** `$12.50`, and `-$12.50` for an adjustment that takes. */
function spokenUsd(amount: string): string {
  const value = decimal(amount);
  return `${value.lt('0') ? '-' : ''}$${formatUsd(value.abs())}`;
}

function receiptOf({ transaction }: Posting, message: string): CashReceipt {
  return {
    success: true,
    message,
    transaction_id: transaction.transaction_id,
    new_balance: transaction.new_balance,
    timestamp: transaction.created_at,
  };
}
