import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import type { SigningKeys } from '@cnop/common/auth/signing-keys';
import type { TokenIssuer } from '@cnop/common/auth/token-issuer';
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
  providePasswordQueue,
  providePasswords,
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
import { eventRoutes, streamRoutes } from './routes/events.ts';
import { ownSessionRoutes } from './routes/own-sessions.ts';
import { portfolioRoutes } from './routes/portfolio.ts';
import { keySetRoutes, sessionRoutes } from './routes/sessions.ts';
import type { StreamHub } from './streams/stream-hub.ts';
import { createStreamHub } from './streams/stream-hub.ts';
import type { StreamLimits } from './streams/stream-limits.ts';
import { STREAM_LIMITS } from './streams/stream-limits.ts';
import { createPasswordQueue } from './use-cases/sessions/password-queue.ts';

const ERROR_LOG_INTERVAL_MILLISECONDS = 10_000;

export interface UserServiceRuntime extends ServiceRuntime {
  readonly passwords: PasswordManager;
  readonly tokens: TokenIssuer;
  /** The keys that other services verify tokens with. */
  readonly publicKeys: ReturnType<SigningKeys['publicKeys']>;
  /** Whether users may create demo accounts and make free deposits. */
  readonly playMoney: PlayMoney;
  /** Requests that may wait in each lane of the password queue, in place of the default. */
  readonly maxWaitingPasswords?: number | undefined;
  /** Limits of live streams, in place of the defaults. */
  readonly streamLimits?: Partial<StreamLimits>;
}

/** Builds the user service without listening. */
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
  providePasswordQueue(app, createPasswordQueue(concurrency, runtime.maxWaitingPasswords));
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
  portfolioRoutes(app);
  eventRoutes(app);
  streamRoutes(app);
  adminUserRoutes(app);
  auditRoutes(app);
  keySetRoutes(app, runtime.publicKeys);
  return app;
}

/** Opens the hub of live streams. It closes as soon as the drain begins, which open streams would hold up otherwise. */
function openStreamHub(app: ServiceApp, { streamLimits, ...runtime }: UserServiceRuntime): StreamHub {
  const streams = createStreamHub({
    ...runtime,
    events: getLiveEventDao(app),
    balances: getBalanceDao(app),
    limits: { ...STREAM_LIMITS, ...streamLimits },
    onError: createErrorLog(app.log),
  });
  const close = (): void => streams.close('shutting_down');
  const stopWaiting = runtime.drain.onBegin(close);
  app.addHook('onClose', async () => {
    stopWaiting();
    close();
  });
  return streams;
}

/** Logs at most one error in the interval: while the store is down every stream reports one, again and again. */
function createErrorLog(log: FastifyBaseLogger): (error: unknown) => void {
  let quietUntilMilliseconds = 0;
  return (error) => {
    const nowMilliseconds = performance.now();
    if (nowMilliseconds < quietUntilMilliseconds) return;
    quietUntilMilliseconds = nowMilliseconds + ERROR_LOG_INTERVAL_MILLISECONDS;
    log.warn({ err: error }, 'live streams cannot read the store');
  };
}
