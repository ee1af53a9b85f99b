import type { Amount, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import type { Intent, Once } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { commitWallets, walletRecord } from '@cnop/common/dao/user/wallet-dao';
import type { WalletCurrency } from '@cnop/common/entities/currency';
import { shownAmount } from '@cnop/common/entities/currency';
import { LEDGER_ACCOUNTS } from '@cnop/common/entities/user/balance-rules';
import { emptyWallet, postToWallet } from '@cnop/common/entities/user/wallet-rules';
import { ForbiddenError, NotFoundError } from '@cnop/exception/errors';
import type { CashReceipt } from '../../use-cases/cash/move-cash.ts';
import { cashReceiptSchema } from '../../use-cases/cash/move-cash.ts';
import type { UserDependencies } from '../../use-cases/dependencies.ts';

type MoveDeps = Pick<UserDependencies, 'store' | 'clock' | 'ids'>;

/** A deposit or withdrawal in a currency that has a wallet. */
export interface MoveWalletCash {
  readonly username: Username;
  readonly currency: WalletCurrency;
  /** In the currency, above zero. */
  readonly amount: Amount;
  readonly description: string | null;
  /** Present when the client sent an Idempotency-Key. */
  readonly intent: Intent | undefined;
}

/**
 * Deposits play money into a wallet of the caller, which is created at its first use.
 * @throws ForbiddenError (403) where free deposits are switched off
 * @throws NotFoundError (404) without an account
 */
export async function depositToWallet(
  deps: MoveDeps & Pick<UserDependencies, 'playMoney'>,
  command: MoveWalletCash,
): Promise<Once<CashReceipt>> {
  if (!deps.playMoney.freeDeposits) {
    throw new ForbiddenError('You cannot deposit here yourself. Ask an administrator.');
  }
  return moveWalletCash(deps, command, 'deposit');
}

/**
 * Withdraws cash from a wallet of the caller.
 * @throws NotFoundError (404) without an account
 * @throws InsufficientBalanceError (422) when the amount exceeds the available balance
 */
export async function withdrawFromWallet(
  deps: MoveDeps,
  command: MoveWalletCash,
): Promise<Once<CashReceipt>> {
  return moveWalletCash(deps, command, 'withdraw');
}

/** Moves cash of a wallet. Wallet, ledger entry, event and the stored response for retries are one commit. */
async function moveWalletCash(
  deps: MoveDeps,
  { username, currency, amount, description, intent }: MoveWalletCash,
  type: 'deposit' | 'withdraw',
): Promise<Once<CashReceipt>> {
  const now = deps.clock.now();
  const at = isoTime(now);
  const [id, eventId] = [deps.ids.next(), deps.ids.next()];
  const isDeposit = type === 'deposit';
  return transactOnce(deps.store, {
    intent,
    now,
    answer: cashReceiptSchema,
    reads: {
      balance: balanceRecord.key({ username }),
      wallet: walletRecord.key({ username, currency }),
    },
    decide: (items) => {
      const balance = balanceRecord.readIfPresent(items.balance);
      if (!balance) throw new NotFoundError('The account');
      const wallet = walletRecord.readIfPresent(items.wallet) ?? emptyWallet(username, currency, at);
      const posted = postToWallet(wallet, {
        type,
        direction: isDeposit ? 'credit' : 'debit',
        amount: decimal(amount),
        counterpart: isDeposit ? LEDGER_ACCOUNTS.deposit : LEDGER_ACCOUNTS.withdrawal,
        description,
        referenceId: null,
        at,
        id,
      });
      const { transaction_id, new_balance } = posted.transaction;
      return {
        writes: commitWallets({ balance, wallets: [posted] }, { at, eventId }),
        result: {
          success: true as const,
          message: `${isDeposit ? 'Deposited' : 'Withdrew'} ${shownAmount(decimal(amount), currency)}`,
          transaction_id,
          currency,
          new_balance,
          timestamp: at,
        },
      };
    },
  });
}
