import type { z } from 'zod';
import type { ClientAddressOf, HopRefusal } from '../auth/gateway-hop.ts';
import { readSignedHops, readTrustedPeers } from '../auth/gateway-hop.ts';
import { createSessionChecker } from '../auth/session-state.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import { refuseLooseDataFolder, warnOfLooseDataFolder } from '../config/data-folder.ts';
import { readConfig } from '../config/read-config.ts';
import type { HopSettings, MessagingSettings, StoreSettings } from '../config/settings.ts';
import {
  hopSettings,
  keySetSettings,
  messagingSettings,
  portSetting,
  processSettings,
  refuseUnknownGateway,
  shutdownDelaySecondsOf,
  storeSettings,
  tokenSettings,
  trustedPeersOf,
} from '../config/settings.ts';
import type { Clock } from '../core/clock.ts';
import { systemClock } from '../core/clock.ts';
import { systemIds } from '../core/ids.ts';
import { createAssetDao } from '../dao/inventory/asset-dao.ts';
import { measureStore } from '../database/measured-store.ts';
import type { OpenStoreOptions, TableStore } from '../database/table-store.ts';
import { announceChanges } from '../events/announcing-store.ts';
import { createDrain, drainAndClose } from '../http/http-server.ts';
import type { ServiceApp, ServiceRuntime } from '../http/service-app.ts';
import { followCatalogue } from '../market/followed-catalogue.ts';
import type { WritableQuoteBoard } from '../market/market-data.ts';
import { createQuoteBoard, createTradeFeed } from '../market/market-data.ts';
import { receiveQuotes, receiveTrades, sendQuotes, sendTrades } from '../market/relay.ts';
import { relayStoredPrices } from '../market/stored-prices.ts';
import { openMessageBus } from '../messaging/open-bus.ts';
import { openTracing } from '../tracing/open-tracing.ts';
import { traceStore } from '../tracing/traced-store.ts';
import { VERSION } from '../version.ts';
import type { ClockWatch } from './clock-watch.ts';
import { createClockWatch } from './clock-watch.ts';
import { closeOnSignal, startProcess } from './lifecycle.ts';
import { createLogger } from './logger.ts';
import { reportStore } from './report-store.ts';
import { createRemoteVerifier } from './token-keys.ts';

/** Limits the warnings about a misconfigured gateway, which would come with every request. */
const HOP_WARNING_INTERVAL_MILLISECONDS = 10_000;

type ServiceSettings = z.output<typeof processSettings> &
  StoreSettings &
  MessagingSettings &
  HopSettings & { readonly PORT: number };

/** The runtime of a process with one service, which may write to the quote board. */
export type ProcessRuntime = ServiceRuntime & {
  readonly quotes: WritableQuoteBoard;
  readonly mayTimeQuotes: ClockWatch['mayTimeQuotes'];
};

/** A service in the process that runs it. */
export interface OpenedService {
  readonly verifier: TokenVerifier;
  readonly build: (runtime: ProcessRuntime) => Promise<ServiceApp>;
  /**
   * The source of the quotes on the board: the service itself, or the store, where the inventory service writes them.
   */
  readonly quotesFrom: 'service' | 'store';
  /** Closes what `open` opened, after the last request. */
  readonly close?: () => Promise<void>;
}

/** The parts from which a process with one service is started. */
export interface ServiceProcess<S extends ServiceSettings> {
  /** The name of the service in traces, such as `order-service`. */
  readonly name: string;
  readonly settings: z.ZodType<S>;
  /** Opens the store. Only the composition root knows the adapters. */
  readonly openStore: (settings: S, clock: Clock, options: OpenStoreOptions) => Promise<TableStore>;
  readonly open: (settings: S, parts: Pick<ServiceRuntime, 'clock' | 'logger'>) => Promise<OpenedService>;
}

/**
 * Returns the parts of a service that only verifies tokens, with the public keys of the user service.
 * @param own the settings of this service alone
 */
export function serviceWithPublicKeys<Own>({
  defaultPort,
  own,
  build,
  quotesFrom = 'store',
}: {
  readonly defaultPort: number;
  readonly own: z.ZodType<Own>;
  readonly build: (runtime: ProcessRuntime, settings: Own) => Promise<ServiceApp>;
  readonly quotesFrom?: OpenedService['quotesFrom'];
}) {
  const settings = processSettings
    .extend(storeSettings.shape)
    .extend(messagingSettings.shape)
    .extend(tokenSettings.shape)
    .extend(keySetSettings.shape)
    .extend(hopSettings.shape)
    .extend({ PORT: portSetting.default(defaultPort) })
    .superRefine(refuseUnknownGateway)
    .superRefine(refuseLooseDataFolder)
    .and(own);
  const open = async (
    given: z.output<typeof settings>,
    parts: Pick<ServiceRuntime, 'clock' | 'logger'>,
  ): Promise<OpenedService> => ({
    verifier: await createRemoteVerifier(given, parts),
    build: (runtime) => build(runtime, given),
    quotesFrom,
  });
  return { settings, open };
}

/**
 * Runs one service as a separate process: reads settings, opens the store, builds the app, listens, and drains on
 * SIGTERM or SIGINT.
 */
export async function runService<S extends ServiceSettings>(service: ServiceProcess<S>): Promise<void> {
  await startProcess(() => startService(service));
}

async function startService<S extends ServiceSettings>(process: ServiceProcess<S>): Promise<void> {
  const settings = readConfig(process.settings);
  const logger = createLogger({
    level: settings.LOG_LEVEL,
    isTraced: settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
  });
  const tracing = await openTracing(settings, { service: process.name, version: VERSION });
  const clock = systemClock;
  const drain = createDrain({ delaySeconds: shutdownDelaySecondsOf(settings) });
  const service = await process.open(settings, { clock, logger });
  const clocks = createClockWatch(logger);
  const bus = await openMessageBus(settings, {
    onTrouble: (error) => logger.warn({ err: error }, 'message bus unavailable'),
    onServerTime: clocks.listenTo('redis'),
  });
  warnOfLooseDataFolder(settings, logger);
  const storeOptions = { ...reportStore(logger), isShared: true, onServerTime: clocks.listenTo('store') };
  const opened = await process.openStore(settings, clock, storeOptions);
  const store = announceChanges(measureStore(tracing ? traceStore(opened, settings.STORE) : opened), bus);
  const runtime: ProcessRuntime = {
    version: VERSION,
    logger,
    clock,
    ids: systemIds,
    store,
    verifier: service.verifier,
    sessions: createSessionChecker({ store, clock }),
    quotes: createQuoteBoard(),
    bus,
    checks: clocks.checks,
    mayTimeQuotes: clocks.mayTimeQuotes,
    trades: createTradeFeed(),
    drain,
    tracing,
    clientAddressOf: clientAddressReader(settings, { clock, logger }),
    isOwnProcess: true,
    sharesStore: true,
  };
  const app = await service.build(runtime);
  const isMaker = service.quotesFrom === 'service';
  const stopRelay = isMaker ? undefined : await relayPrices(runtime);
  let stopTrades: (() => void) | undefined;
  // Without Redis the bus reaches no other process.
  if (settings.REDIS_URL) {
    (isMaker ? sendQuotes : receiveQuotes)(runtime.quotes, bus);
    stopTrades = (isMaker ? receiveTrades : sendTrades)(runtime.trades, bus);
  }
  closeOnSignal(logger, {
    drain,
    async close() {
      await drainAndClose(app, drain);
      stopRelay?.();
      await service.close?.();
      stopTrades?.();
      await bus.close();
      await store.close();
      await tracing?.close();
    },
    explainFailure: store.failure,
  });
  await app.listen({ host: settings.HOST, port: settings.PORT });
}

/** Returns the reader of client addresses: from signed hops, or from trusted peers when no secret is set. */
function clientAddressReader(
  settings: HopSettings,
  { clock, logger }: Pick<ServiceRuntime, 'clock' | 'logger'>,
): ClientAddressOf {
  const { GATEWAY_SECRET: secrets } = settings;
  if (!secrets) {
    logger.warn('GATEWAY_SECRET is not set: X-Forwarded-For is trusted from every peer in TRUSTED_PROXIES');
    return readTrustedPeers(trustedPeersOf(settings));
  }
  let quietUntilMilliseconds = 0;
  const onRefusal = (refusal: HopRefusal): void => {
    const nowMilliseconds = performance.now();
    if (nowMilliseconds < quietUntilMilliseconds) return;
    quietUntilMilliseconds = nowMilliseconds + HOP_WARNING_INTERVAL_MILLISECONDS;
    logger.warn({ refusal }, 'request claims to come from the gateway, but its signature is not valid');
  };
  return readSignedHops({ secrets, clock, onRefusal });
}

async function relayPrices({ quotes, store, bus, logger }: ProcessRuntime): Promise<() => void> {
  const assets = createAssetDao(store);
  const catalogue = followCatalogue({ read: assets.getCatalogue, bus });
  return relayStoredPrices({
    board: quotes,
    readAssets: async () => assets.withCurrentPrices(await catalogue.getAssets()),
    onFailure: (error) => logger.warn({ err: error }, 'reading prices failed'),
  });
}
