import { createHopSigner } from '@cnop/common/auth/gateway-hop';
import type { GatewayProcessSettings } from '@cnop/common/config/gateway-settings';
import {
  gatewayProcessSettings,
  rateLimitsOf,
  refuseUnprovenHop,
  webFolderOf,
} from '@cnop/common/config/gateway-settings';
import { playMoneyOf, refuseDemoWithoutDeposits } from '@cnop/common/config/play-money-settings';
import { refuseUnsafeInProduction } from '@cnop/common/config/production-rules';
import { readConfig } from '@cnop/common/config/read-config';
import {
  keySetSettings,
  messagingSettings,
  processSettings,
  shutdownDelaySecondsOf,
  tokenSettings,
} from '@cnop/common/config/settings';
import { systemClock } from '@cnop/common/core/clock';
import type { Drain } from '@cnop/common/http/http-server';
import { createDrain, drainAndClose } from '@cnop/common/http/http-server';
import { openSharedCounter } from '@cnop/common/limits/open-shared-counter';
import { createClockWatch } from '@cnop/common/process/clock-watch';
import { closeOnSignal, startProcess } from '@cnop/common/process/lifecycle';
import { createLogger } from '@cnop/common/process/logger';
import { createRemoteVerifier } from '@cnop/common/process/token-keys';
import { openTracing } from '@cnop/common/tracing/open-tracing';
import { VERSION } from '@cnop/common/version';
import type { FastifyInstance } from 'fastify';
import { buildGateway } from './app.ts';
import { createHttpUpstream } from './upstreams/http-upstream.ts';
import type { UpstreamLog } from './upstreams/instance-registry.ts';
import type { Upstreams } from './upstreams/upstream.ts';

const UNSIGNED_HOPS =
  'GATEWAY_SECRET is not set: services trust X-Forwarded-For from every peer in their TRUSTED_PROXIES';

const settingsSchema = processSettings
  .extend(tokenSettings.shape)
  .extend(keySetSettings.shape)
  .extend(messagingSettings.shape)
  .extend(gatewayProcessSettings.shape)
  .superRefine(refuseUnprovenHop)
  .superRefine(refuseUnsafeInProduction)
  .superRefine(refuseDemoWithoutDeposits);

await startProcess(start);

/** Runs the gateway in front of services in other processes. */
async function start(): Promise<void> {
  const settings = readConfig(settingsSchema);
  const logger = createLogger({
    level: settings.LOG_LEVEL,
    isTraced: settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
  });
  const tracing = await openTracing(settings, { service: 'gateway', version: VERSION });
  if (!settings.GATEWAY_SECRET) logger.warn(UNSIGNED_HOPS);
  const drain = createDrain({ delaySeconds: shutdownDelaySecondsOf(settings) });
  const clocks = createClockWatch(logger);
  const sharedCounter = await openSharedCounter(settings, {
    onTrouble: (error) => logger.warn({ err: error }, 'the shared counter of rate limits is down'),
    onServerTime: clocks.listenTo('redis'),
  });
  const upstreams = upstreamsOf(settings, logger, drain);
  const app = await buildGateway({
    version: VERSION,
    logger,
    clock: systemClock,
    drain,
    tracing,
    verifier: await createRemoteVerifier(settings, { clock: systemClock, logger }),
    upstreams,
    limits: rateLimitsOf(settings),
    sharedCounter,
    checks: clocks.checks,
    corsOrigins: settings.CORS_ORIGINS,
    trustedProxies: settings.TRUSTED_PROXIES ?? [],
    isProduction: settings.NODE_ENV === 'production',
    webFolder: webFolderOf(settings),
    playMoney: playMoneyOf(settings),
  });
  const metrics = settings.METRICS_PORT > 0 ? await buildMetrics(app, upstreams) : undefined;
  closeOnSignal(logger, {
    drain,
    async close() {
      await drainAndClose(app, drain);
      await metrics?.close();
      await sharedCounter?.close();
      await tracing?.close();
    },
  });
  await metrics?.listen({ host: settings.HOST, port: settings.METRICS_PORT });
  await app.listen({ host: settings.HOST, port: settings.PORT });
}

/** Loads the client library of the metrics, which takes memory and start time. */
async function buildMetrics(app: FastifyInstance, upstreams: Upstreams): Promise<FastifyInstance> {
  const { buildMetricsApp } = await import('@cnop/common/http/metrics');
  const { recordUpstreams } = await import('./upstreams/upstream-metrics.ts');
  return buildMetricsApp(app, 'gateway', { record: (registry) => recordUpstreams(registry, upstreams) });
}

function upstreamsOf(settings: GatewayProcessSettings, log: UpstreamLog, drain: Drain): Upstreams {
  const [secret] = settings.GATEWAY_SECRET ?? [];
  const shared = {
    signHop: secret === undefined ? undefined : createHopSigner(secret, systemClock),
    drain,
    log,
    probeIntervalMilliseconds: settings.PROBE_INTERVAL_MILLISECONDS,
    discoveryIntervalMilliseconds: settings.DISCOVERY_INTERVAL_MILLISECONDS,
    dnsServers: settings.DNS_SERVERS,
  };
  return {
    user: createHttpUpstream({ ...shared, sources: settings.USER_SERVICE_URLS }),
    order: createHttpUpstream({ ...shared, sources: settings.ORDER_SERVICE_URLS }),
    inventory: createHttpUpstream({ ...shared, sources: settings.INVENTORY_SERVICE_URLS }),
  };
}
