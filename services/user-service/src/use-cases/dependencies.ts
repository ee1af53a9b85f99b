import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import type { SessionChecker } from '@cnop/common/auth/session-state';
import type { SigningKeys } from '@cnop/common/auth/signing-keys';
import type { TokenIssuer } from '@cnop/common/auth/token-issuer';
import type { TokenVerifier } from '@cnop/common/auth/token-verifier';
import type { Funding } from '@cnop/common/config/funding-settings';
import type { InsightsProviderOptions } from '@cnop/common/config/insights-settings';
import type { PlayMoney } from '@cnop/common/config/play-money-settings';
import type { Clock } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import type { AirdropDao } from '@cnop/common/dao/asset/airdrop-dao';
import { createAirdropDao } from '@cnop/common/dao/asset/airdrop-dao';
import type { AssetBalanceDao, AssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import { createAssetBalanceDao, createAssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import type { HouseBookDao } from '@cnop/common/dao/house/house-book-dao';
import { createHouseBookDao } from '@cnop/common/dao/house/house-book-dao';
import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { OrderDao } from '@cnop/common/dao/order/order-dao';
import { createOrderDao } from '@cnop/common/dao/order/order-dao';
import type { TriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';
import { createTriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';
import type { BalanceDao } from '@cnop/common/dao/user/balance-dao';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { LiveEventDao } from '@cnop/common/dao/user/live-event-dao';
import { createLiveEventDao } from '@cnop/common/dao/user/live-event-dao';
import type { PaymentDao } from '@cnop/common/dao/user/payment-dao';
import { createPaymentDao } from '@cnop/common/dao/user/payment-dao';
import type { UserDao } from '@cnop/common/dao/user/user-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { WalletDao } from '@cnop/common/dao/user/wallet-dao';
import { createWalletDao } from '@cnop/common/dao/user/wallet-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Balance } from '@cnop/common/entities/user/balance';
import type { TierLimits } from '@cnop/common/entities/user/tier-limits';
import type { TransferLimits } from '@cnop/common/entities/user/transfer-rules';
import type { SeenReads } from '@cnop/common/events/seen-reads';
import { createSeenReads } from '@cnop/common/events/seen-reads';
import type { QuoteBoard } from '@cnop/common/market/market-data';
import { newestQuote } from '@cnop/common/market/market-data';
import type { MessageBus } from '@cnop/common/messaging/message-bus';
import type { FundingProviders } from '../funding/domain/funding-provider.ts';
import { createFundingProviders } from '../funding/domain/funding-provider.ts';
import type { InsightsProvider } from '../insights/insights-provider.ts';
import { createHttpInsightsProvider } from '../insights/insights-provider.ts';
import type { StreamHub } from '../live/stream-hub.ts';
import type { PasswordQueue } from './sessions/password-queue.ts';
import { createPasswordQueue } from './sessions/password-queue.ts';

/** The parts that a process provides to this service. */
export interface UserProcess
  extends Pick<
    UserDependencies,
    | 'store'
    | 'clock'
    | 'ids'
    | 'quotes'
    | 'streams'
    | 'passwords'
    | 'playMoney'
    | 'transferLimits'
    | 'maxQuoteAgeSeconds'
    | 'tierLimits'
    | 'funding'
    | 'tokens'
    | 'publicKeys'
    | 'verifier'
    | 'sessions'
  > {
  readonly bus: MessageBus;
  /** How to call the provider of words for insights; undefined without one. */
  readonly insightsProvider?: InsightsProviderOptions | undefined;
  /** Requests that may wait in each lane of the password queue, in place of the default. */
  readonly maxWaitingPasswords?: number | undefined;
}

/** The dependencies of the use cases; each names the ones that it needs. */
export interface UserDependencies {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly users: UserDao;
  readonly balances: BalanceDao;
  readonly wallets: WalletDao;
  readonly payments: PaymentDao;
  /** Balances for clients that say what they have seen. */
  readonly seenBalances: SeenReads<Balance>;
  readonly events: LiveEventDao;
  readonly orders: Pick<OrderDao, 'getOrdersByUser'>;
  readonly holdings: AssetBalanceDao;
  readonly trades: AssetTransactionDao;
  readonly airdrops: AirdropDao;
  readonly assets: AssetDao;
  readonly candles: CandleDao;
  readonly houseBook: HouseBookDao;
  /** Open orders by trigger price. */
  readonly triggers: TriggerIndexDao;
  readonly quotes: QuoteBoard;
  /** Returns the quote that cash is converted at: never older than one that a client has seen. */
  readonly quoteFor: ReturnType<typeof newestQuote>;
  /** All live streams of this process. */
  readonly streams: StreamHub;
  readonly audit: AuditLogger;
  readonly passwords: PasswordManager;
  readonly passwordQueue: PasswordQueue;
  /** Whether users may create demo accounts and make free deposits. */
  readonly playMoney: PlayMoney;
  readonly transferLimits: TransferLimits;
  /** No conversion executes at an older quote, which is no current price. */
  readonly maxQuoteAgeSeconds: number;
  /** What words insights; undefined when they stay plain. */
  readonly insightsProvider: InsightsProvider | undefined;
  readonly tierLimits: TierLimits;
  /** How deposits and withdrawals are carried out. */
  readonly funding: Funding;
  readonly fundingProviders: FundingProviders;
  readonly tokens: TokenIssuer;
  /** The keys that other services verify tokens with. */
  readonly publicKeys: SigningKeys['publicKeys'];
  readonly verifier: TokenVerifier;
  readonly sessions: SessionChecker;
}

/** Creates the dependencies, with DAOs over the store of the process. */
export function createUserDependencies(process: UserProcess): UserDependencies {
  const { store, clock, ids, quotes, streams, passwords, playMoney, transferLimits } = process;
  const { maxQuoteAgeSeconds } = process;
  const { tierLimits, funding } = process;
  const { tokens, publicKeys, verifier, sessions, maxWaitingPasswords } = process;
  return {
    store,
    clock,
    ids,
    users: createUserDao(store),
    balances: createBalanceDao(store),
    wallets: createWalletDao(store),
    payments: createPaymentDao(store),
    seenBalances: createSeenReads({ bus: process.bus, seqOf: ({ event_seq }) => event_seq }),
    events: createLiveEventDao(store),
    orders: createOrderDao(store),
    holdings: createAssetBalanceDao(store),
    trades: createAssetTransactionDao(store),
    airdrops: createAirdropDao(store),
    assets: createAssetDao(store),
    candles: createCandleDao(store),
    houseBook: createHouseBookDao(store),
    triggers: createTriggerIndexDao(store),
    quotes,
    quoteFor: newestQuote(quotes),
    streams,
    audit: createAuditLogger({ store, clock, ids }),
    passwords,
    passwordQueue: createPasswordQueue(passwords.concurrency, maxWaitingPasswords),
    playMoney,
    transferLimits,
    maxQuoteAgeSeconds,
    insightsProvider: process.insightsProvider && createHttpInsightsProvider(process.insightsProvider),
    tierLimits,
    funding,
    fundingProviders: createFundingProviders(funding),
    tokens,
    publicKeys,
    verifier,
    sessions,
  };
}
