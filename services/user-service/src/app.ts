import type { DueWorkPace } from '@cnop/common/config/due-work-settings';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import { createLiveEventDao } from '@cnop/common/dao/user/live-event-dao';
import type { ServiceApp, ServiceRuntime } from '@cnop/common/http/service-app';
import { createServiceApp } from '@cnop/common/http/service-app';
import type { FastifyBaseLogger } from 'fastify';
import { airdropRoutes } from './airdrops/routes.ts';
import { analyticsRoutes } from './analytics/routes.ts';
import { runUserWork } from './due-work.ts';
import { fundingRoutes } from './funding/routes.ts';
import { staffFundingRoutes } from './funding/staff-routes.ts';
import { watchWaitingPayments } from './funding/watch-waiting.ts';
import { houseBookRoutes } from './house-book/routes.ts';
import { insightRoutes } from './insights/routes.ts';
import { eventRoutes, streamRoutes } from './live/routes.ts';
import type { StreamHub } from './live/stream-hub.ts';
import { createStreamHub } from './live/stream-hub.ts';
import type { StreamLimits } from './live/stream-limits.ts';
import { STREAM_LIMITS } from './live/stream-limits.ts';
import { performanceRoutes } from './performance/routes.ts';
import { portfolioRoutes } from './portfolio/routes.ts';
import { accountRoutes } from './routes/accounts.ts';
import { auditRoutes } from './routes/admin-audit.ts';
import { adminUserRoutes } from './routes/admin-users.ts';
import { balanceRoutes } from './routes/balance.ts';
import { ownSessionRoutes } from './routes/own-sessions.ts';
import { keySetRoutes, sessionRoutes } from './routes/sessions.ts';
import { transferRoutes } from './routes/transfers.ts';
import { unitTransferRoutes } from './routes/unit-transfers.ts';
import { stakingRoutes } from './staking/routes.ts';
import { statementRoutes } from './statements/routes.ts';
import { taxRoutes } from './tax/routes.ts';
import type { UserProcess } from './use-cases/dependencies.ts';
import { createUserDependencies } from './use-cases/dependencies.ts';
import { walletRoutes } from './wallets/routes.ts';

const ERROR_LOG_INTERVAL_MILLISECONDS = 10_000;

export interface UserServiceRuntime extends ServiceRuntime, Omit<UserProcess, 'streams'> {
  /** Limits of live streams, in place of the defaults. */
  readonly streamLimits?: Partial<StreamLimits>;
  /** Does due work at this pace while the app is open; without it the app does none. */
  readonly dueWork?: DueWorkPace;
}

/** Builds the user service without listening. */
export async function buildUserServiceApp(runtime: UserServiceRuntime): Promise<ServiceApp> {
  const app = await createServiceApp(runtime, {
    service: 'user-service',
    title: 'User service',
    description: 'Accounts, sessions, profiles, cash balances and portfolios.',
  });
  const deps = createUserDependencies({ ...runtime, streams: openStreamHub(app, runtime) });
  app.addHook('onClose', async () => deps.seenBalances.close());
  accountRoutes(app, deps);
  sessionRoutes(app, deps);
  ownSessionRoutes(app, deps);
  balanceRoutes(app, deps);
  transferRoutes(app, deps);
  unitTransferRoutes(app, deps);
  walletRoutes(app, deps);
  fundingRoutes(app, deps);
  staffFundingRoutes(app, deps);
  portfolioRoutes(app, deps);
  performanceRoutes(app, deps);
  taxRoutes(app, deps);
  insightRoutes(app, deps);
  statementRoutes(app, deps);
  stakingRoutes(app, deps);
  eventRoutes(app, deps);
  streamRoutes(app, deps);
  adminUserRoutes(app, deps);
  airdropRoutes(app, deps);
  auditRoutes(app, deps);
  houseBookRoutes(app, deps);
  analyticsRoutes(app, deps);
  keySetRoutes(app, deps);
  if (runtime.dueWork) {
    runUserWork(app, deps, runtime.dueWork);
    watchWaitingPayments(app, deps);
  }
  return app;
}

/** Opens the hub of live streams. It closes as soon as the drain begins, which open streams would hold up otherwise. */
function openStreamHub(app: ServiceApp, { streamLimits, ...runtime }: UserServiceRuntime): StreamHub {
  const streams = createStreamHub({
    ...runtime,
    events: createLiveEventDao(runtime.store),
    balances: createBalanceDao(runtime.store),
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
