import { withChanges } from '@cnop/common/auth/audit-event';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Usd, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal, formatUsd } from '@cnop/common/core/money';
import type { Intent, Once } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import { balanceRecord, decideMovement } from '@cnop/common/dao/user/balance-dao';
import { fundingDayRecord } from '@cnop/common/dao/user/payment-dao';
import type { Write } from '@cnop/common/database/table-store';
import { BASE_CURRENCY, currencySchema } from '@cnop/common/entities/currency';
import type { CashMovement, Posting } from '@cnop/common/entities/user/balance-rules';
import { ForbiddenError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { DayCount } from '../../funding/use-cases/count-day.ts';
import { prepareDayCount } from '../../funding/use-cases/count-day.ts';
import type { UserDependencies } from '../dependencies.ts';

/** The response to every movement of cash. */
export const cashReceiptSchema = z.object({
  success: z.literal(true),
  message: z.string(),
  transaction_id: z.string(),
  currency: currencySchema.default(BASE_CURRENCY).describe('The currency of `new_balance`.'),
  new_balance: z.string(),
  timestamp: z.string(),
});
export type CashReceipt = z.infer<typeof cashReceiptSchema>;

type MoveCashDeps = Pick<UserDependencies, 'store' | 'clock' | 'ids'>;

export interface MoveCash {
  readonly username: Username;
  /** USD. */
  readonly amount: Usd;
  readonly description: string | null;
  /** Present when the client sent an Idempotency-Key. */
  readonly intent: Intent | undefined;
}

interface CashKind {
  readonly type: CashMovement['type'];
  /** The start of the receipt's message; the amount follows. */
  readonly verb: string;
  /** Returns further writes of the same commit, such as the audit event of an adjustment. */
  readonly companions?: (posting: Posting) => readonly Write[];
  /** Counts the movement for the daily limits. */
  readonly count?: DayCount;
}

/**
 * Moves cash. Balance, ledger entry, event and the stored response for retries are one commit.
 * @throws NotFoundError (404) without an account
 * @throws ValidationError (422) for an Idempotency-Key that was used for another request
 * @throws InsufficientBalanceError (422) when it takes more than the available balance
 * @see docs/adr/0001-decide-then-commit.md
 */
async function moveCash(
  deps: MoveCashDeps,
  { username, amount, description, intent }: MoveCash,
  { type, verb, companions = () => [], count }: CashKind,
): Promise<Once<CashReceipt>> {
  const now = deps.clock.now();
  const at = isoTime(now);
  const movement = { type, amount, description, at, id: deps.ids.next(), eventId: deps.ids.next() };
  return transactOnce(deps.store, {
    intent,
    now,
    answer: cashReceiptSchema,
    reads: { ...count?.reads, balance: balanceRecord.key({ username }) },
    decide: (items) => {
      const day = count?.decide(items, at);
      const posted = decideMovement(items.balance, movement);
      return {
        writes: [...posted.writes, ...companions(posted), ...(day ? [fundingDayRecord.replace(day)] : [])],
        result: toReceipt(posted, `${verb} ${formatSignedUsd(amount)}`),
      };
    },
  });
}

/** Formats a signed amount, such as `$12.50` or `-$12.50`. */
function formatSignedUsd(amount: Usd): string {
  const value = decimal(amount);
  return `${value.lt('0') ? '-' : ''}$${formatUsd(value.abs())}`;
}

function toReceipt({ transaction }: Posting, message: string): CashReceipt {
  return {
    success: true,
    message,
    transaction_id: transaction.transaction_id,
    currency: BASE_CURRENCY,
    new_balance: transaction.new_balance,
    timestamp: transaction.created_at,
  };
}

type FundCashDeps = MoveCashDeps & Pick<UserDependencies, 'tierLimits'>;

/**
 * Deposits play money into the caller's account at once.
 * @throws ForbiddenError (403) where free deposits are switched off
 * @throws NotFoundError (404) without an account
 * @throws FundingLimitError (422 BUS_004) above the daily limit of the tier
 */
export async function depositCash(
  deps: FundCashDeps & Pick<UserDependencies, 'playMoney'>,
  command: MoveCash,
): Promise<Once<CashReceipt>> {
  assertMayDeposit(deps);
  const count = prepareDayCount(deps, { ...command, kind: 'deposit' });
  return moveCash(deps, command, { type: 'deposit', verb: 'Deposited', count });
}

/**
 * Checks that users may deposit without paying.
 * @throws ForbiddenError (403)
 */
export function assertMayDeposit({ playMoney }: Pick<UserDependencies, 'playMoney'>): void {
  if (playMoney.freeDeposits) return;
  throw new ForbiddenError(
    'You cannot deposit here yourself. Ask an administrator to credit your account once your payment has arrived.',
  );
}

/**
 * Withdraws cash from the caller's account at once.
 * @throws NotFoundError (404) without an account
 * @throws InsufficientBalanceError (422) when the amount exceeds the available balance
 * @throws FundingLimitError (422 BUS_004) above the daily limit of the tier
 */
export async function withdrawCash(deps: FundCashDeps, command: MoveCash): Promise<Once<CashReceipt>> {
  const count = prepareDayCount(deps, { ...command, kind: 'withdrawal' });
  return moveCash(deps, command, { type: 'withdraw', verb: 'Withdrew', count });
}

type AdjustBalanceDeps = MoveCashDeps & Pick<UserDependencies, 'audit'>;

interface AdjustBalance extends MoveCash {
  readonly actor: Username;
  readonly origin: RequestOrigin;
}

/**
 * Corrects the balance of another account by a signed amount in USD. The audit event is part of the commit.
 * @throws ForbiddenError (403) for the administrator's own account
 * @throws NotFoundError (404) for an unknown user
 * @throws InsufficientBalanceError (422) when it exceeds the available balance
 */
export async function adjustBalance(
  deps: AdjustBalanceDeps,
  command: AdjustBalance,
): Promise<Once<CashReceipt>> {
  const { username, amount, description, actor, origin } = command;
  if (username === actor) {
    throw new ForbiddenError('You cannot adjust your own balance: ask another administrator.');
  }
  const event = deps.audit.eventOf({
    type: 'admin_action',
    username,
    actor,
    ...origin,
    detail: { action: 'balance adjustment', amount, ...(description && { reason: description }) },
  });
  const companions = ({ transaction }: Posting): Write[] => {
    const { previous_balance: before, new_balance: after } = transaction;
    return [deps.audit.writeFor(withChanges(event, [{ field: 'current_balance', before, after }]))];
  };
  return moveCash(deps, command, { type: 'system_adjustment', verb: 'Adjusted the balance by', companions });
}
