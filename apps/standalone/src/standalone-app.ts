import { readOwnGateway } from '@cnop/common/auth/gateway-hop';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import { createPasswordManager } from '@cnop/common/auth/password-manager';
import { ownPublicKeys } from '@cnop/common/auth/public-keys';
import { createSessionChecker } from '@cnop/common/auth/session-state';
import type { SigningKeys } from '@cnop/common/auth/signing-keys';
import { createTokenIssuer } from '@cnop/common/auth/token-issuer';
import { createTokenVerifier } from '@cnop/common/auth/token-verifier';
import { dueWorkPaceOf } from '@cnop/common/config/due-work-settings';
import { fundingOf } from '@cnop/common/config/funding-settings';
import { rateLimitsOf, webFolderOf } from '@cnop/common/config/gateway-settings';
import { insightsProviderOf } from '@cnop/common/config/insights-settings';
import { playMoneyOf } from '@cnop/common/config/play-money-settings';
import { shutdownDelaySecondsOf, tokenNamesOf } from '@cnop/common/config/settings';
import { maxQuoteAgeSecondsOf } from '@cnop/common/config/trading-settings';
import { transferLimitsOf } from '@cnop/common/config/transfer-settings';
import { systemClock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { measureStore } from '@cnop/common/database/measured-store';
import { openStore } from '@cnop/common/database/open-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { announceChanges } from '@cnop/common/events/announcing-store';
import { storeChecks } from '@cnop/common/http/health';
import type { Drain } from '@cnop/common/http/http-server';
import { createDrain, drainAndClose } from '@cnop/common/http/http-server';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import type { SharedCounter } from '@cnop/common/limits/shared-counter';
import type { TradeFeed, WritableQuoteBoard } from '@cnop/common/market/market-data';
import { createQuoteBoard, createTradeFeed } from '@cnop/common/market/market-data';
import type { MessageBus } from '@cnop/common/messaging/message-bus';
import { createInProcessBus } from '@cnop/common/messaging/message-bus';
import { reportStore } from '@cnop/common/process/report-store';
import { openSigningKeys } from '@cnop/common/process/token-keys';
import { openTracing } from '@cnop/common/tracing/open-tracing';
import { traceStore } from '@cnop/common/tracing/traced-store';
import { VERSION } from '@cnop/common/version';
import { buildGateway } from '@cnop/gateway/app';
import type { RoutableApp } from '@cnop/gateway/upstreams/in-process-upstream';
import { createInProcessUpstream } from '@cnop/gateway/upstreams/in-process-upstream';
import type { UpstreamName } from '@cnop/gateway/upstreams/upstream';
import type { InventoryRuntime } from '@cnop/inventory-service/app';
import { buildInventoryServiceApp } from '@cnop/inventory-service/app';
import type { MarketMakerRuntime } from '@cnop/inventory-service/market-maker/market-maker';
import { openMarketMaker } from '@cnop/inventory-service/market-maker/market-maker';
import { buildOrderServiceApp } from '@cnop/order-service/app';
import { buildUserServiceApp } from '@cnop/user-service/app';
import type { Logger } from 'pino';
import type { Preparation } from './prepare-store.ts';
import { prepareStore } from './prepare-store.ts';
import type { StandaloneSettings } from './standalone-settings.ts';
import { findBuiltWebApp } from './standalone-settings.ts';

/** The connection of this process to the others that run the platform over the same store. */
export interface Companions {
  /** The number of this process among them. */
  readonly worker: number;
  readonly bus: MessageBus;
  /** Counts the requests of all of them, for the rate limits. */
  readonly counter: SharedCounter;
  /** Joins the market data of this process to that of the others. */
  shareMarket(own: Pick<MarketMakerRuntime, 'quotes' | 'trades'>): SharedMarket;
}

/** The market data of this process, joined to that of the others. */
export interface SharedMarket {
  /** The trades of all processes, for the one that makes candles. */
  readonly allTrades: TradeFeed;
  stop(): void;
}

/** The running platform in one process. */
export interface Standalone {
  /** The origin of the gateway, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly preparation: Preparation;
  readonly drain: Drain;
  /** Returns the metrics of this process as text; undefined while METRICS_PORT is not set. */
  readonly metrics: (() => Promise<string>) | undefined;
  /** Returns why a commit failed and what to do; undefined while none has failed. */
  failure(): string | undefined;
  /** Finishes accepted requests, then closes all services and the store. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** Absent when no other process uses the store. */
  readonly companions?: Companions;
  /** Called once the store has its administrator, whose password cannot be shown later: the rest of the start may fail. */
  readonly onPrepared?: (preparation: Preparation) => void;
}

/**
 * Starts the whole platform in this process: store, services, gateway.
 * @throws ConfigError when a setting is unsafe in production
 */
export async function startStandalone(
  settings: StandaloneSettings,
  logger: Logger,
  options: StartOptions = {},
): Promise<Standalone> {
  const isShared = options.companions !== undefined;
  const opened = await openStore(settings, systemClock, { ...reportStore(logger), isShared });
  try {
    return await startOver(opened, { settings, logger, options });
  } catch (error) {
    // The process would not end while a commit is under way.
    await opened.close();
    throw error;
  }
}

interface StartContext {
  readonly settings: StandaloneSettings;
  readonly logger: Logger;
  readonly options: StartOptions;
}

async function startOver(
  opened: TableStore,
  { settings, logger, options }: StartContext,
): Promise<Standalone> {
  const { companions, onPrepared = () => undefined } = options;
  const clock = systemClock;
  const drain = createDrain({ delaySeconds: shutdownDelaySecondsOf(settings) });
  const keys = await openSigningKeys(settings, { clock, logger });
  const verifier = createTokenVerifier({
    keys: ownPublicKeys(keys),
    settings: tokenNamesOf(settings),
    clock,
  });
  const passwords = createPasswordManager({ cost: settings.BCRYPT_COST });
  const bus = companions?.bus ?? createInProcessBus();
  const sharesStore = companions !== undefined;
  const tracing = await openTracing(settings, { service: 'cnop', version: VERSION });
  const traced = tracing ? traceStore(opened, settings.STORE) : opened;
  const store = announceChanges(settings.METRICS_PORT > 0 ? measureStore(traced) : traced, bus);
  const preparation = await prepareStore({ store, passwords, clock }, settings);
  onPrepared(preparation);

  const runtime: ServiceRuntime & { readonly quotes: WritableQuoteBoard } = {
    version: VERSION,
    logger,
    clock,
    ids: systemIds,
    store,
    verifier,
    // A session that another process ended is refused at once.
    sessions: createSessionChecker({ store, clock, ...(sharesStore && { maxAgeMilliseconds: 0 }) }),
    quotes: createQuoteBoard(),
    bus,
    trades: createTradeFeed(),
    drain,
    tracing,
    clientAddressOf: readOwnGateway(),
    isOwnProcess: false,
    sharesStore,
  };
  const { marketMaker, leaveMarket } = await openMarket(runtime, settings, companions);
  const services = await buildServices(runtime, settings, { keys, passwords, market: marketMaker.market });
  const gateway = await buildPublicGateway(runtime, services, settings, companions);
  await marketMaker.start();
  const metrics = await buildMetrics(gateway, store, settings, companions);
  const url = await gateway.listen({ host: settings.HOST, port: settings.PORT });
  const history = marketMaker.fillHistory();
  return {
    url,
    preparation,
    drain,
    metrics: metrics && (async () => (await metrics.inject('/metrics')).payload),
    failure: () => store.failure?.(),
    async close() {
      await drainAndClose(gateway, drain);
      await metrics?.close();
      await Promise.all(Object.values(services).map((service) => service.close()));
      await marketMaker.stop();
      leaveMarket();
      await history;
      keys.close();
      await passwords.close();
      await bus.close();
      await store.close();
      await tracing?.close();
    },
  };
}

/** Builds the metrics of the process, if METRICS_PORT is set. One of several processes leaves listening to their parent. */
async function buildMetrics(
  gateway: Awaited<ReturnType<typeof buildGateway>>,
  store: TableStore,
  { METRICS_PORT: port, HOST: host }: StandaloneSettings,
  companions: Companions | undefined,
) {
  if (port === 0) return undefined;
  const { buildMetricsApp } = await import('@cnop/common/http/metrics');
  const metrics = buildMetricsApp(gateway, 'gateway', { store, worker: companions?.worker });
  if (!companions) await metrics.listen({ host, port });
  return metrics;
}

/** Opens the market maker, over the trades of all processes. */
async function openMarket(
  runtime: MarketMakerRuntime,
  settings: StandaloneSettings,
  companions: Companions | undefined,
) {
  const shared = companions?.shareMarket(runtime);
  const marketMaker = await openMarketMaker(
    { ...runtime, trades: shared?.allTrades ?? runtime.trades },
    {
      ...settings,
      // DynamoDB bills each write, so there the operator runs `cnop catalogue load --history` instead.
      withHistory: settings.STORE === 'lmdb',
    },
  );
  return { marketMaker, leaveMarket: () => shared?.stop() };
}

interface OwnParts {
  readonly keys: SigningKeys;
  readonly passwords: PasswordManager;
  readonly market: InventoryRuntime['market'];
}

/** Builds the services over one runtime. */
async function buildServices(
  runtime: ServiceRuntime,
  settings: StandaloneSettings,
  { keys, passwords, market }: OwnParts,
) {
  const names = tokenNamesOf(settings);
  return {
    user: await buildUserServiceApp({
      ...runtime,
      passwords,
      publicKeys: keys.publicKeys,
      playMoney: playMoneyOf(settings),
      transferLimits: transferLimitsOf(settings),
      maxQuoteAgeSeconds: maxQuoteAgeSecondsOf(settings, runtime),
      dueWork: dueWorkPaceOf(settings, runtime),
      insightsProvider: insightsProviderOf(settings),
      tierLimits: settings.TIER_LIMITS,
      funding: fundingOf(settings),
      tokens: createTokenIssuer({ keys, settings: names, clock: runtime.clock, ids: systemIds }),
    }),
    order: await buildOrderServiceApp({
      ...runtime,
      maxQuoteAgeSeconds: maxQuoteAgeSecondsOf(settings, runtime),
      maxOpenOrders: settings.MAX_OPEN_ORDERS,
      tierLimits: settings.TIER_LIMITS,
      dueWork: dueWorkPaceOf(settings, runtime),
      runsTriggerEngine: settings.TRIGGER_ENGINE === 'on',
    }),
    inventory: await buildInventoryServiceApp({
      ...runtime,
      market,
      manualPriceMaxPercent: settings.PRICE_MANUAL_MAX_PERCENT,
      maxQuoteAgeSeconds: maxQuoteAgeSecondsOf(settings, runtime),
    }),
  };
}

/** Builds the gateway over services that it calls in this process. */
async function buildPublicGateway(
  { logger, clock, drain, verifier, store, tracing }: ServiceRuntime,
  services: Readonly<Record<UpstreamName, RoutableApp>>,
  settings: StandaloneSettings,
  companions: Companions | undefined,
) {
  return buildGateway({
    version: VERSION,
    logger,
    clock,
    drain,
    verifier,
    checks: storeChecks(store),
    tracing,
    upstreams: {
      user: createInProcessUpstream(services.user),
      order: createInProcessUpstream(services.order),
      inventory: createInProcessUpstream(services.inventory),
    },
    limits: rateLimitsOf(settings),
    sharedCounter: companions?.counter,
    corsOrigins: settings.CORS_ORIGINS,
    trustedProxies: settings.TRUSTED_PROXIES ?? [],
    isProduction: settings.NODE_ENV === 'production',
    webFolder: webFolderOf(settings, findBuiltWebApp()),
    playMoney: playMoneyOf(settings),
  });
}
