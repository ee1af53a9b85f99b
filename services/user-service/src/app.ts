import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import type { SigningKeys } from '@cnop/common/auth/signing-keys';
import type { TokenIssuer } from '@cnop/common/auth/token-manager';
import type { PlayMoney } from '@cnop/common/config/play-money-settings';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { createLiveEventDao } from '@cnop/common/dao/user/live-event-dao';
import { getBalanceDao, provideDaos } from '@cnop/common/http/dao-dependencies';
import type { ServiceApp, ServiceRuntime } from '@cnop/common/http/service-app';
import { createServiceApp } from '@cnop/common/http/service-app';
import type { FastifyBaseLogger } from 'fastify';
import {
  getLiveEventDao,
  provideAudit,
  provideCandleDao,
  provideClock,
  provideIds,
  provideLiveEventDao,
  providePasswords,
  providePasswordTurns,
  providePlayMoney,
  provideQuotes,
  provideSessions,
  provideStore,
  provideStreams,
  provideTokens,
  provideVerifier,
} from './dependencies.ts';
import { accountRoutes } from './routes/accounts.ts';
import { auditRoutes } from './routes/admin-audit.ts';
import { adminUserRoutes } from './routes/admin-users.ts';
import { balanceRoutes } from './routes/balance.ts';
import { eventRoutes } from './routes/events.ts';
import { holdingRoutes } from './routes/holdings.ts';
import { keySetRoutes } from './routes/key-set.ts';
import { ownSessionRoutes } from './routes/own-sessions.ts';
import { portfolioHistoryRoutes } from './routes/portfolio-history.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { streamRoutes } from './routes/stream.ts';
import type { StreamHub } from './streams/stream-hub.ts';
import { createStreamHub } from './streams/stream-hub.ts';
import type { StreamLimits } from './streams/stream-limits.ts';
import { STREAM_LIMITS } from './streams/stream-limits.ts';
import { createPasswordTurns } from './use-cases/password-turns.ts';

const TROUBLE_LOG_INTERVAL_MILLISECONDS = 10_000;

export interface UserServiceRuntime extends ServiceRuntime {
  readonly passwords: PasswordManager;
  readonly tokens: TokenIssuer;
  /** What everybody else checks tokens with. */
  readonly publicKeys: ReturnType<SigningKeys['publicKeys']>;
  /** What users may give themselves. */
  readonly playMoney: PlayMoney;
  /** Instead of the usual length of each queue for the password process. */
  readonly maxWaitingPasswords?: number | undefined;
  /** Instead of the usual limits of live streams. */
  readonly streamLimits?: Partial<StreamLimits>;
}

/** Builds the user service; it does not listen. */
export async function buildUserServiceApp(runtime: UserServiceRuntime): Promise<ServiceApp> {
  const app = await createServiceApp(runtime, {
    service: 'user-service',
    title: 'User service',
    description: 'Accounts, sessions, profiles, cash balances and portfolios.',
  });
  provideDaos(app, runtime.store);
  provideStore(app, runtime.store);
  provideClock(app, runtime.clock);
  provideIds(app, runtime.ids);
  providePasswords(app, runtime.passwords);
  const { concurrency } = runtime.passwords;
  providePasswordTurns(app, createPasswordTurns(concurrency, runtime.maxWaitingPasswords));
  providePlayMoney(app, runtime.playMoney);
  provideTokens(app, runtime.tokens);
  provideVerifier(app, runtime.verifier);
  provideSessions(app, runtime.sessions);
  provideAudit(app, createAuditLogger(runtime));
  provideCandleDao(app, createCandleDao(runtime.store));
  provideQuotes(app, runtime.quotes);
  provideLiveEventDao(app, createLiveEventDao(runtime.store));
  provideStreams(app, openStreamHub(app, runtime));
  accountRoutes(app);
  sessionRoutes(app);
  ownSessionRoutes(app);
  balanceRoutes(app);
  holdingRoutes(app);
  portfolioHistoryRoutes(app);
  eventRoutes(app);
  streamRoutes(app);
  adminUserRoutes(app);
  auditRoutes(app);
  keySetRoutes(app, runtime.publicKeys);
  return app;
}

/** Its streams end as soon as shutdown begins: they would hold up the drain for as long as it lasts. */
function openStreamHub(app: ServiceApp, { streamLimits, ...runtime }: UserServiceRuntime): StreamHub {
  const streams = createStreamHub({
    ...runtime,
    events: getLiveEventDao(app),
    balances: getBalanceDao(app),
    limits: { ...STREAM_LIMITS, ...streamLimits },
    onTrouble: createTroubleLog(app.log),
  });
  const close = (): void => streams.close('shutting_down');
  const stopWaiting = runtime.drain.onBegin(close);
  app.addHook('onClose', async () => {
    stopWaiting();
    close();
  });
  return streams;
}

/** Of a store that is away every stream complains, again and again; the log need not. */
function createTroubleLog(log: FastifyBaseLogger): (error: unknown) => void {
  let quietUntilMilliseconds = 0;
  return (error) => {
    const nowMilliseconds = performance.now();
    if (nowMilliseconds < quietUntilMilliseconds) return;
    quietUntilMilliseconds = nowMilliseconds + TROUBLE_LOG_INTERVAL_MILLISECONDS;
    log.warn({ err: error }, 'live streams cannot read the store');
  };
}
