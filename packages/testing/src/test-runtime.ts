import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTrustedPeers } from '@cnop/common/auth/gateway-hop';
import { ownPublicKeys } from '@cnop/common/auth/public-keys';
import { startSession } from '@cnop/common/auth/session-rules';
import { createSessionChecker, sessionRecord } from '@cnop/common/auth/session-state';
import type { SigningKeys } from '@cnop/common/auth/signing-keys';
import { createSigningKey, importSigningKeys } from '@cnop/common/auth/signing-keys';
import type { TokenIssuer } from '@cnop/common/auth/token-issuer';
import { createTokenIssuer } from '@cnop/common/auth/token-issuer';
import { createTokenVerifier } from '@cnop/common/auth/token-verifier';
import type { Funding } from '@cnop/common/config/funding-settings';
import type { PlayMoney } from '@cnop/common/config/play-money-settings';
import { isoTime, knownUsd } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import { systemClock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { emptyBalance, postMovement } from '@cnop/common/entities/user/balance-rules';
import type { TierLimits } from '@cnop/common/entities/user/tier-limits';
import type { TransferLimits } from '@cnop/common/entities/user/transfer-rules';
import type { UserRole } from '@cnop/common/entities/user/user';
import { announceChanges } from '@cnop/common/events/announcing-store';
import { createDrain } from '@cnop/common/http/http-server';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import type { WritableQuoteBoard } from '@cnop/common/market/market-data';
import { createQuoteBoard, createTradeFeed } from '@cnop/common/market/market-data';
import type { MessageBus } from '@cnop/common/messaging/message-bus';
import { createInProcessBus } from '@cnop/common/messaging/message-bus';
import { createLogger } from '@cnop/common/process/logger';
import { aUsername } from './builders/brands.ts';

const TOKEN_SETTINGS = { issuer: 'test', audience: 'test-api' };
const SESSION_LIFETIME_SECONDS = 3_600;
const MAX_QUOTE_AGE_SECONDS = 60;

/** The runtime of a service under test. */
export interface TestRuntime extends ServiceRuntime {
  readonly tokens: TokenIssuer;
  readonly signingKeys: SigningKeys;
  /** Allows free deposits in tests of the user service. */
  readonly playMoney: PlayMoney;
  /** No limits of transfers in tests of the user service. */
  readonly transferLimits: TransferLimits;
  /** For tests of the inventory and user services. */
  readonly maxQuoteAgeSeconds: number;
  /** No limits of tiers, and deposits and withdrawals at once, in tests of the user service. */
  readonly tierLimits: TierLimits;
  readonly funding: Funding;
  /** The board to which tests write prices. */
  readonly quotes: WritableQuoteBoard;
  /** Signs a user in without the user service, with a real session and a real token. */
  signIn(username: string, role?: UserRole): Promise<{ readonly authorization: string }>;
  /** Deposits cash to an account, in US dollars, with its ledger entry. */
  fund(username: string, usd: string): Promise<void>;
  /** Closes and deletes the store. */
  dispose(): Promise<void>;
}

/** Creates a verifier with its own cache, as each process has one. */
export function createTestVerifier({ signingKeys, clock }: Pick<TestRuntime, 'signingKeys' | 'clock'>) {
  return createTokenVerifier({ keys: ownPublicKeys(signingKeys), settings: TOKEN_SETTINGS, clock });
}

/**
 * Creates the runtime of a service under test: a real store, real keys and real tokens.
 * @param options without a store to use, it creates an embedded one in a temporary folder
 */
export async function createTestRuntime({
  clock = systemClock,
  bus = createInProcessBus(),
  store: given,
}: {
  readonly clock?: Clock;
  /** The bus of the process, which the runtime closes. */
  readonly bus?: MessageBus;
  readonly store?: TableStore;
} = {}): Promise<TestRuntime> {
  const folder = await mkdtemp(join(tmpdir(), 'cnop-test-'));
  const store = announceChanges(given ?? createLmdbTableStore({ path: folder, clock }), bus);
  const signingKeys = await importSigningKeys({ keys: [await createSigningKey(clock.now())] });
  const tokens = createTokenIssuer({ keys: signingKeys, settings: TOKEN_SETTINGS, clock, ids: systemIds });

  return {
    version: '0.0.0-test',
    logger: createLogger({ level: 'silent' }),
    clock,
    ids: systemIds,
    store,
    verifier: createTestVerifier({ signingKeys, clock }),
    sessions: createSessionChecker({ store, clock }),
    quotes: createQuoteBoard(),
    bus,
    trades: createTradeFeed(),
    drain: createDrain(),
    clientAddressOf: readTrustedPeers(['127.0.0.1']),
    isOwnProcess: true,
    sharesStore: true,
    playMoney: { freeDeposits: true, demoAccounts: true },
    transferLimits: {},
    maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS,
    tierLimits: {},
    funding: { provider: 'instant', bankSeconds: 0, webhookSecrets: [], reviewAbove: undefined },
    tokens,
    signingKeys,

    async signIn(name, role = 'customer') {
      const username = aUsername(name);
      const session = startSession({
        id: systemIds.next(),
        username,
        now: clock.now(),
        lifetimeSeconds: SESSION_LIFETIME_SECONDS,
      });
      await store.transact({}, () => ({ writes: [sessionRecord.create(session)], result: undefined }));
      const { token } = await tokens.issueAccess({ username, role, sessionId: session.session_id });
      return { authorization: `Bearer ${token}` };
    },

    async fund(name, usd) {
      const username = aUsername(name);
      const at = isoTime(clock.now());
      await store.transact({ balance: balanceRecord.key({ username }) }, (items) => {
        const posted = postMovement(
          balanceRecord.readIfPresent(items.balance) ?? emptyBalance(username, at),
          {
            type: 'deposit',
            amount: knownUsd(usd),
            description: null,
            at,
            id: systemIds.next(),
          },
        );
        const writes = [
          balanceRecord.replace(posted.balance),
          balanceTransactionRecord.create(posted.transaction),
        ];
        return { writes, result: undefined };
      });
    },

    async dispose() {
      await bus.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
