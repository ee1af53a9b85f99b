import type { Usd, Username } from '@cnop/common/core/brands';
import { isoTime, newId } from '@cnop/common/core/brands';
import { decimal, formatUsd } from '@cnop/common/core/money';
import type { Intent, Once } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import { balanceRecord, commitPosting } from '@cnop/common/dao/user/balance-dao';
import type { Item, ItemKey } from '@cnop/common/database/table-store';
import { BASE_CURRENCY } from '@cnop/common/entities/currency';
import { availableCash } from '@cnop/common/entities/user/balance-rules';
import type { CashTransfer } from '@cnop/common/entities/user/transfer-rules';
import { postTransfer, sentOnDay, transferRefusals } from '@cnop/common/entities/user/transfer-rules';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import { z } from 'zod';
import { cashReceiptSchema } from '../cash/move-cash.ts';
import type { UserDependencies } from '../dependencies.ts';

/** The response to a transfer; nothing in it tells the cash of the recipient. */
export const transferReceiptSchema = cashReceiptSchema.extend({
  to: z.string().describe('The username of the recipient.'),
});
type TransferReceipt = z.infer<typeof transferReceiptSchema>;

/** The reasons of a preview. */
export const refusalsSchema = z
  .array(
    z.object({
      code: z.string().describe('The code of the problem response that the transfer would get.'),
      message: z.string(),
    }),
  )
  .describe('Every reason for which the transfer would be refused.');

const cashSchema = z.object({ current: z.string(), held: z.string(), available: z.string() });

/** What a transfer would do if it were sent now. */
export const transferPreviewSchema = z.object({
  would_be: z.enum(['completed', 'refused']),
  to: z.string().describe('The username of the recipient.'),
  amount: z.string(),
  balance: z
    .object({ before: cashSchema, after: cashSchema.nullable() })
    .describe("The sender's cash in USD; `after` is null when the transfer would be refused."),
  reasons: refusalsSchema,
});
type TransferPreview = z.infer<typeof transferPreviewSchema>;

const usageSchema = <Limit extends z.ZodType>(limit: Limit) =>
  z.object({ limit: limit.nullable().describe('Null without a limit.'), used: limit });

/** What a user may still transfer today. */
export const transferAllowanceSchema = z.object({
  day: z.string().describe('The day in UTC that the limits are for.'),
  amount: usageSchema(z.string()).describe('USD.'),
  count: usageSchema(z.int()).describe('Transfers.'),
  frozen: z.boolean().describe('Whether staff have frozen the transfers of the account.'),
});
type TransferAllowance = z.infer<typeof transferAllowanceSchema>;

type TransferDeps = Pick<UserDependencies, 'store' | 'clock' | 'ids' | 'transferLimits'>;

/** A transfer as its sender asks for it. */
export interface TransferRequest {
  readonly username: Username;
  readonly to: Username;
  /** USD. */
  readonly amount: Usd;
}

export interface TransferCommand extends TransferRequest {
  readonly description: string | null;
  /** Present when the client sent an Idempotency-Key. */
  readonly intent: Intent | undefined;
}

/**
 * Transfers cash to another user. Both balances, ledger entries and events, and the stored response for retries, are one
 * commit.
 * @throws ValidationError (422) for a transfer to oneself, or an Idempotency-Key that was used for another request
 * @throws NotFoundError (404) for an unknown recipient
 * @throws ProblemError the first one of `transferRefusals`
 * @see docs/reference/transfers.md
 */
export async function transferCash(
  deps: TransferDeps,
  { description, intent, ...request }: TransferCommand,
): Promise<Once<TransferReceipt>> {
  const now = deps.clock.now();
  const at = isoTime(now);
  const id = deps.ids.next();
  const [sentEvent, receivedEvent] = [deps.ids.next(), deps.ids.next()];
  return transactOnce(deps.store, {
    intent,
    now,
    answer: transferReceiptSchema,
    reads: balancesOf(request),
    decide: (items) => {
      const transfer = { ...partiesOf(items), amount: request.amount, at, limits: deps.transferLimits };
      const { sent, received } = postTransfer(transfer, { id, description });
      const commits = [
        commitPosting(sent, { at, eventId: sentEvent }),
        commitPosting(received, { at, eventId: receivedEvent }),
      ];
      return {
        writes: commits.flatMap(({ writes }) => writes),
        result: {
          success: true as const,
          message: `Transferred $${sent.transaction.amount} to ${request.to}`,
          transaction_id: sent.transaction.transaction_id,
          currency: BASE_CURRENCY,
          to: request.to,
          new_balance: sent.transaction.new_balance,
          timestamp: at,
        },
      };
    },
  });
}

/**
 * Predicts what a transfer would do if it were sent now, with every reason to refuse it. Writes nothing.
 * @throws ValidationError (422) for a transfer to oneself
 * @throws NotFoundError (404) for an unknown recipient
 */
export async function previewTransfer(
  { store, clock, transferLimits: limits }: Pick<TransferDeps, 'store' | 'clock' | 'transferLimits'>,
  request: TransferRequest,
): Promise<TransferPreview> {
  const at = isoTime(clock.now());
  // A transaction without writes reads both balances at one moment.
  return store.transact(balancesOf(request), (items) => {
    const transfer = { ...partiesOf(items), amount: request.amount, at, limits };
    return { writes: [], result: previewOf(transfer) };
  });
}

/**
 * Reads the daily limits of a user, and what is used of them.
 * @throws NotFoundError (404) without an account
 */
export async function readTransferAllowance(
  { balances, clock, transferLimits }: Pick<UserDependencies, 'balances' | 'clock' | 'transferLimits'>,
  username: Username,
): Promise<TransferAllowance> {
  const balance = await balances.getBalance(username);
  if (!balance) throw new NotFoundError('The account');
  const { day, amount, count } = sentOnDay(balance, isoTime(clock.now()));
  const { dailyAmount = null, dailyCount = null } = transferLimits;
  return {
    day,
    amount: { limit: dailyAmount, used: amount },
    count: { limit: dailyCount, used: count },
    frozen: balance.transfers_frozen,
  };
}

/** Stands for the id that a transfer would have. */
const NO_ID = newId('preview');

function previewOf(transfer: CashTransfer): TransferPreview {
  const { sender, recipient, amount } = transfer;
  const reasons = transferRefusals(transfer).map(({ code, message }) => ({ code, message }));
  const isRefused = reasons.length > 0;
  return {
    would_be: isRefused ? 'refused' : 'completed',
    to: recipient.username,
    amount: formatUsd(decimal(amount)),
    balance: {
      before: cashOf(sender),
      after: isRefused ? null : cashOf(postTransfer(transfer, { id: NO_ID, description: null }).sent.balance),
    },
    reasons,
  };
}

function cashOf(balance: CashTransfer['sender']): z.infer<typeof cashSchema> {
  const { current_balance: current, held_balance: held } = balance;
  return { current, held, available: formatUsd(availableCash(balance)) };
}

/** @throws ValidationError (422) for a transfer to oneself, whose two reads would be of one item */
function balancesOf({ username, to }: TransferRequest): {
  readonly sender: ItemKey;
  readonly recipient: ItemKey;
} {
  if (username === to) throw ValidationError.ofField('to', 'Transfer to another user.', 'own_account');
  return { sender: balanceRecord.key({ username }), recipient: balanceRecord.key({ username: to }) };
}

/** @throws NotFoundError (404) without one of the accounts */
function partiesOf(items: {
  readonly sender: Item | undefined;
  readonly recipient: Item | undefined;
}): Pick<CashTransfer, 'sender' | 'recipient'> {
  const sender = balanceRecord.readIfPresent(items.sender);
  if (!sender) throw new NotFoundError('The account');
  const recipient = balanceRecord.readIfPresent(items.recipient);
  if (!recipient) throw new NotFoundError('The recipient');
  return { sender, recipient };
}
