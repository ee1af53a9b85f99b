import type { EventId, IsoTime, Username } from '../../core/brands.ts';
import type { Page, PageRequest } from '../../core/pagination.ts';
import type { TableStore, Write } from '../../database/table-store.ts';
import { KEYS, SEPARATOR } from '../../database/tables.ts';
import type { WalletCurrency } from '../../entities/currency.ts';
import type { Balance } from '../../entities/user/balance.ts';
import type { Posting } from '../../entities/user/balance-rules.ts';
import type { LiveEvent, LiveEventData } from '../../entities/user/live-event.ts';
import { nextEvent } from '../../entities/user/live-event.ts';
import type { Conversion, Wallet, WalletTransaction } from '../../entities/user/wallet.ts';
import { conversionSchema, walletSchema, walletTransactionSchema } from '../../entities/user/wallet.ts';
import type { WalletPosting } from '../../entities/user/wallet-rules.ts';
import type { Period } from '../read-page.ts';
import { readAll, readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';
import { balanceRecord, balanceTransactionRecord } from './balance-dao.ts';
import type { LedgerFilter, LedgerRange } from './ledger-reader.ts';
import { createLedgerReader } from './ledger-reader.ts';
import { liveEventRecord } from './live-event-dao.ts';

export const walletRecord = defineRecord<Wallet, Pick<Wallet, 'username' | 'currency'>>({
  table: 'users',
  schema: walletSchema,
  key: ({ username, currency }) => ({ pk: username, sk: KEYS.users.wallet.skPrefix + currency }),
});

function entriesOf(currency: WalletCurrency): string {
  return KEYS.users.walletEntry.skPrefix + currency + SEPARATOR;
}

export const walletTransactionRecord = defineRecord<
  WalletTransaction,
  Pick<WalletTransaction, 'username' | 'currency' | 'transaction_id'>
>({
  table: 'users',
  schema: walletTransactionSchema,
  key: ({ username, currency, transaction_id }) => ({
    pk: username,
    sk: entriesOf(currency) + transaction_id,
  }),
});

export const conversionRecord = defineRecord<Conversion, Pick<Conversion, 'username' | 'conversion_id'>>({
  table: 'users',
  schema: conversionSchema,
  key: ({ username, conversion_id }) => ({
    pk: username,
    sk: KEYS.users.conversion.skPrefix + conversion_id,
  }),
});

/** What a commit changes of a user's cash in several currencies. */
export interface WalletCommit {
  /** The balance in USD, which counts the event of the commit. */
  readonly balance: Balance;
  /** The entry in USD, if there is one; `balance` is the balance after it. */
  readonly posted?: Posting | undefined;
  readonly wallets: readonly WalletPosting[];
  readonly conversion?: Conversion | undefined;
}

/** Returns the writes of postings in several currencies, with one event that tells of them. */
export function commitWallets(
  { balance: before, posted, wallets, conversion }: WalletCommit,
  { at, eventId }: { readonly at: IsoTime; readonly eventId: EventId },
): Write[] {
  const { balance, event } = nextEvent(before, { type: 'balance.changed', at, id: eventId });
  return [
    balanceRecord.replace(balance),
    ...(posted ? [balanceTransactionRecord.create(posted.transaction)] : []),
    ...walletWrites(wallets, conversion),
    liveEventRecord.create(withWallets(event, wallets)),
  ];
}

/** Returns the writes of wallets with their entries, and of the conversion between them. */
function walletWrites(wallets: readonly WalletPosting[], conversion: Conversion | undefined): Write[] {
  return [
    ...wallets.flatMap(({ wallet, transaction }) => [
      walletRecord.replace(wallet),
      walletTransactionRecord.create(transaction),
    ]),
    ...(conversion ? [conversionRecord.create(conversion)] : []),
  ];
}

/** Adds the wallets that a commit changed to its event. */
function withWallets(event: LiveEvent, wallets: readonly WalletPosting[]): LiveEvent {
  const changed: LiveEventData['wallets'] = wallets.map(
    ({ wallet: { currency, current_balance, held_balance } }) => ({
      currency,
      current_balance,
      held_balance,
    }),
  );
  return { ...event, data: { ...event.data, wallets: changed } };
}

/** The ledger of one wallet. */
export type WalletIdentity = Pick<Wallet, 'username' | 'currency'>;

export type WalletDao = ReturnType<typeof createWalletDao>;

/** Creates the DAO of wallets, their ledgers, and conversions. They change only in commits of use cases. */
export function createWalletDao(store: TableStore) {
  const getWallet = async (identity: WalletIdentity): Promise<Wallet | undefined> =>
    walletRecord.readIfPresent(await store.get(walletRecord.key(identity)));
  const ledgerOf = ({ username, currency }: WalletIdentity) =>
    createLedgerReader(store, {
      username,
      prefix: entriesOf(currency),
      read: walletTransactionRecord.read,
    });

  return {
    /** Returns the wallet of a user in a currency; undefined before its first use. */
    getWallet,

    /** Returns all wallets of a user, by currency. USD has none. */
    async getWallets(username: Username): Promise<Wallet[]> {
      const sk = { prefix: KEYS.users.wallet.skPrefix };
      return readAll(store, { table: 'users', pk: username, sk, order: 'ascending' }, walletRecord.read);
    },

    /** Returns an entry of a wallet; undefined when it does not exist. */
    async getTransaction(
      identity: Pick<WalletTransaction, 'username' | 'currency' | 'transaction_id'>,
    ): Promise<WalletTransaction | undefined> {
      return walletTransactionRecord.readIfPresent(await store.get(walletTransactionRecord.key(identity)));
    },

    /** Lists the entries of a wallet, newest first. */
    getTransactions: async (
      identity: WalletIdentity,
      page: PageRequest,
      filter: LedgerFilter = {},
    ): Promise<Page<WalletTransaction>> => ledgerOf(identity).list(page, filter),

    /** Finds the entries of a wallet that were posted in a period. */
    async findLedgerRange(identity: WalletIdentity, period: Period): Promise<LedgerRange> {
      const wallet = await getWallet(identity);
      return ledgerOf(identity).findRange(wallet?.transaction_count ?? 0, period);
    },

    /** Lists the conversions of a user, newest first. */
    async getConversions(username: Username, page: PageRequest): Promise<Page<Conversion>> {
      const sk = { prefix: KEYS.users.conversion.skPrefix };
      return readPage(
        store,
        { table: 'users', pk: username, sk, order: 'descending' },
        page,
        conversionRecord.read,
      );
    },
  };
}
