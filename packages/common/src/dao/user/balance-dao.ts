import { AlreadyExistsError, NotFoundError } from '@cnop/exception/errors';
import type { EventId, IsoTime, TransactionId, Username } from '../../core/brands.ts';
import type { Page, PageRequest } from '../../core/pagination.ts';
import type { Item, TableStore, Write } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import type { Balance } from '../../entities/user/balance.ts';
import { balanceSchema } from '../../entities/user/balance.ts';
import type { CashMovement, Posting } from '../../entities/user/balance-rules.ts';
import { earlierLegs, emptyBalance, postMovement } from '../../entities/user/balance-rules.ts';
import type {
  BalanceTransaction,
  TransactionStatus,
  TransactionType,
} from '../../entities/user/balance-transaction.ts';
import { balanceTransactionSchema } from '../../entities/user/balance-transaction.ts';
import { advanceEntry } from '../../entities/user/entry-status.ts';
import type { EventCause } from '../../entities/user/live-event.ts';
import { nextEvent } from '../../entities/user/live-event.ts';
import type { Period } from '../read-page.ts';
import { defineRecord } from '../record.ts';
import type { LedgerFilter, LedgerRange } from './ledger-reader.ts';
import { createLedgerReader } from './ledger-reader.ts';
import { liveEventRecord } from './live-event-dao.ts';
import { userRecord } from './user-dao.ts';

export const balanceRecord = defineRecord<Balance, Pick<Balance, 'username'>>({
  table: 'users',
  schema: balanceSchema,
  key: ({ username }) => ({ pk: username, sk: KEYS.users.balance.sk }),
});

const earlierEntrySchema = balanceTransactionSchema.pick({
  transaction_type: true,
  direction: true,
  amount: true,
});

export const balanceTransactionRecord = defineRecord<
  BalanceTransaction,
  Pick<BalanceTransaction, 'username' | 'transaction_id'>
>({
  table: 'users',
  schema: balanceTransactionSchema,
  key: ({ username, transaction_id }) => ({
    pk: username,
    sk: KEYS.users.ledgerEntry.skPrefix + transaction_id,
  }),
  complete: (attributes) => {
    const entry = earlierEntrySchema.safeParse(attributes);
    return entry.success ? { legs: earlierLegs(entry.data), ...attributes } : attributes;
  },
});

/** A movement of cash with the id of its event. */
export interface EventfulMovement extends CashMovement {
  readonly eventId: EventId;
}

/** A posted movement, with the writes of its commit. */
export interface PostedMovement extends Posting {
  readonly writes: readonly Write[];
}

/**
 * Decides the commit of a movement of cash: balance, ledger entry and event.
 * @param item the item of the balance
 * @throws NotFoundError (404) without a balance; an error of `postMovement`
 */
export function decideMovement(item: Item | undefined, movement: EventfulMovement): PostedMovement {
  const before = balanceRecord.readIfPresent(item);
  if (!before) throw new NotFoundError('The account');
  const { eventId, ...cash } = movement;
  return commitPosting(postMovement(before, cash), { at: movement.at, eventId });
}

/** Returns a posting with the writes of its commit: balance, ledger entry and event. */
export function commitPosting(
  posting: Posting,
  { at, eventId }: Pick<EventfulMovement, 'at' | 'eventId'>,
): PostedMovement {
  const { transaction } = posting;
  const cause = causeOf(transaction);
  const { balance, event } = nextEvent(posting.balance, { type: 'balance.changed', at, id: eventId, cause });
  const writes = [
    balanceRecord.replace(balance),
    balanceTransactionRecord.create(transaction),
    liveEventRecord.create(event),
  ];
  return { balance, transaction, writes };
}

/** Returns why cash moved without an action of the user. */
function causeOf({ transaction_type: type, direction }: Posting['transaction']): EventCause | undefined {
  if (type === 'system_adjustment') return 'adjustment';
  return type === 'transfer' && direction === 'credit' ? 'transfer_received' : undefined;
}

export type BalanceDao = ReturnType<typeof createBalanceDao>;

/**
 * Creates the DAO of balances and ledgers. A balance changes only with its ledger entry and its event, in one commit. Cash
 * held for orders changes only with the orders, in commits of the use cases.
 */
export function createBalanceDao(store: TableStore) {
  const post = async (username: Username, movement: EventfulMovement): Promise<PostedMovement> =>
    store.transact({ balance: balanceRecord.key({ username }) }, ({ balance }) => {
      const posted = decideMovement(balance, movement);
      return { writes: posted.writes, result: posted };
    });

  return {
    ...readLedger(store),

    /**
     * Stores an empty balance for a user who has none, with the trading block of the user's status. A sign-up writes it in
     * its own commit. To be used by `POST /admin/users`, with which an administrator adds an account.
     * @throws NotFoundError (404) without a user; AlreadyExistsError (409) when there is a balance
     */
    async createBalance(username: Username, at: IsoTime): Promise<Balance> {
      const reads = { user: userRecord.key({ username }), balance: balanceRecord.key({ username }) };
      return store.transact(reads, (items) => {
        const user = userRecord.readIfPresent(items.user);
        if (!user) throw new NotFoundError('The user');
        if (items.balance) throw new AlreadyExistsError('This user has a balance.');
        const trading_block = user.status === 'active' ? null : user.status;
        const balance: Balance = { ...emptyBalance(username, at), trading_block };
        return { writes: [balanceRecord.create(balance)], result: balance };
      });
    },

    /** Returns a user's balance; undefined when the user does not exist. */
    async getBalance(username: Username): Promise<Balance | undefined> {
      return balanceRecord.readIfPresent(await store.get(balanceRecord.key({ username })));
    },

    /**
     * Posts a movement of cash and returns the balance after it. `POST /admin/users/{username}/adjustments` has an audit
     * event; to be used by `POST /admin/adjustments`, which corrects many balances at once.
     * @throws NotFoundError (404) without a balance
     * @throws InsufficientBalanceError (422) when a debit exceeds the available cash
     */
    async updateBalance(username: Username, movement: EventfulMovement): Promise<Balance> {
      return (await post(username, movement)).balance;
    },

    /**
     * Posts a movement of cash and returns its ledger entry. To be used by `POST /admin/users/{username}/transactions`,
     * which credits a payment that arrived.
     * @throws NotFoundError (404) without a balance
     * @throws InsufficientBalanceError (422) when a debit exceeds the available cash
     */
    async createTransaction(username: Username, movement: EventfulMovement): Promise<BalanceTransaction> {
      return (await post(username, movement)).transaction;
    },

    /** Returns a ledger entry; undefined when it does not exist. */
    async getTransaction(
      username: Username,
      transaction_id: TransactionId,
    ): Promise<BalanceTransaction | undefined> {
      const item = await store.get(balanceTransactionRecord.key({ username, transaction_id }));
      return balanceTransactionRecord.readIfPresent(item);
    },

    /**
     * Sets the status of a ledger entry that is not final. To be used by
     * `PATCH /admin/users/{username}/transactions/{transaction_id}`, which confirms a payment of a bank.
     * @throws NotFoundError (404); StateConflictError (409) when the status may not follow the current one
     */
    async updateTransactionStatus(
      identity: Pick<BalanceTransaction, 'username' | 'transaction_id'>,
      status: TransactionStatus,
      at: IsoTime,
    ): Promise<BalanceTransaction> {
      return store.transact({ transaction: balanceTransactionRecord.key(identity) }, (items) => {
        const transaction = balanceTransactionRecord.readIfPresent(items.transaction);
        if (!transaction) throw new NotFoundError('The transaction');
        const advanced = advanceEntry(transaction, status, at);
        return { writes: [balanceTransactionRecord.replace(advanced)], result: advanced };
      });
    },
  };
}

function readLedger(store: TableStore) {
  const ledgerOf = (username: Username) =>
    createLedgerReader(store, {
      username,
      prefix: KEYS.users.ledgerEntry.skPrefix,
      read: balanceTransactionRecord.read,
    });

  /** Lists a user's ledger entries, newest first. */
  const getUserTransactions = async (
    username: Username,
    page: PageRequest,
    filter: LedgerFilter = {},
  ): Promise<Page<BalanceTransaction>> => ledgerOf(username).list(page, filter);

  return {
    /** Finds the entries of a user's ledger that were posted in a period. */
    async findLedgerRange(username: Username, period: Period): Promise<LedgerRange> {
      const balance = balanceRecord.readIfPresent(await store.get(balanceRecord.key({ username })));
      return ledgerOf(username).findRange(balance?.transaction_count ?? 0, period);
    },

    getUserTransactions,

    /**
     * Lists a user's ledger entries of one type, newest first. To be used by `GET /admin/users/{username}/transactions`,
     * with which staff look for the payments of an account.
     */
    async getUserTransactionsByType(
      username: Username,
      type: TransactionType,
      page: PageRequest,
    ): Promise<Page<BalanceTransaction>> {
      return getUserTransactions(username, page, { type });
    },
  };
}
