import { registerErrorHandlers, sendProblem } from '@cnop/exception/http/error-handler';
import type { FastifyBaseLogger } from 'fastify';
import Fastify from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { ClientAddressOf } from '../auth/gateway-hop.ts';
import type { SessionChecker } from '../auth/session-state.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import type { Clock } from '../core/clock.ts';
import type { IdSource } from '../core/ids.ts';
import type { TableStore } from '../database/table-store.ts';
import type { QuoteBoard, TradeFeed } from '../market/market-data.ts';
import type { MessageBus } from '../messaging/message-bus.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { readClientAddresses, requireAuthentication } from './authentication.ts';
import type { HealthChecks } from './health.ts';
import { serveHealth, serverChecks, storeChecks } from './health.ts';
import type { Drain } from './http-server.ts';
import { closeConnectionsWhenDraining, echoRequestId, logRequests, SERVER_OPTIONS } from './http-server.ts';
import { serveOpenApi } from './openapi.ts';
import { sendTogether } from './send-together.ts';
import { acceptStrictBodies, assertPlainRequest, refuseUnknownQueries, useZodSchemas } from './validation.ts';

/** The parts of its process that a service needs, whether it shares that process or not. */
export interface ServiceRuntime {
  readonly version: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly store: TableStore;
  readonly verifier: TokenVerifier;
  readonly sessions: SessionChecker;
  /** The latest quotes. */
  readonly quotes: QuoteBoard;
  /** Notifies listeners in this process and in others. */
  readonly bus: MessageBus;
  /** Receives every trade. */
  readonly trades: TradeFeed;
  readonly drain: Drain;
  /** Absent while traces are off. */
  readonly tracing?: Tracing | undefined;
  /** The other parts of the process, without which it is not ready. */
  readonly checks?: HealthChecks;
  /** Reads the client's address from a request that came through the gateway. */
  readonly clientAddressOf: ClientAddressOf;
  /**
   * False when gateway and services share one process: the gateway then assigns request ids, logs and measures requests.
   */
  readonly isOwnProcess: boolean;
  /** Other processes change the store as well, so what this process keeps in memory may be out of date. */
  readonly sharesStore: boolean;
}

/** The names of a service in logs, metrics and its OpenAPI document. */
export interface ServiceDescription {
  /** Such as `order-service`; on every log line and metric. */
  readonly service: string;
  readonly title: string;
  readonly description: string;
}

/**
 * Creates the app that every service starts from: strict bodies, zod schemas, problem details, authentication, health,
 * metrics, request ids and an OpenAPI document. It does not listen; `server.ts` does.
 */
export async function createServiceApp(runtime: ServiceRuntime, description: ServiceDescription) {
  const { service } = description;
  const app = Fastify({
    ...SERVER_OPTIONS,
    loggerInstance: runtime.logger.child({ service }) as FastifyBaseLogger,
    // A path that cannot be decoded does not reach the error handler.
    frameworkErrors: (error, request, reply) => {
      sendProblem(error, request, reply, runtime.clock.now());
    },
  }).withTypeProvider<ZodTypeProvider>();
  if (runtime.tracing) {
    const { traceRequests } = await import('./trace-requests.ts');
    traceRequests(app, runtime.tracing);
  }
  acceptStrictBodies(app);
  useZodSchemas(app);
  sendTogether(app);
  registerErrorHandlers(app, () => runtime.clock.now());
  if (runtime.isOwnProcess) {
    // In a shared process the gateway does all of this.
    app.addHook('onRequest', (request, _reply, done) => {
      assertPlainRequest(request.raw);
      done();
    });
    echoRequestId(app);
    closeConnectionsWhenDraining(app, runtime.drain);
    logRequests(app);
    // Loaded only when it is used: the client library and its dependencies are a hundred files.
    const { serveMetrics } = await import('./metrics.ts');
    serveMetrics(app, service, runtime.store);
  }
  readClientAddresses(app, runtime.clientAddressOf);
  requireAuthentication(app, runtime);
  await serveOpenApi(app, { ...description, version: runtime.version });
  serveHealth(app, {
    ...runtime,
    service,
    checks: {
      token_keys: () => runtime.verifier.ready(),
      ...storeChecks(runtime.store),
      ...runtime.checks,
    },
    details: serverChecks(runtime.bus),
    isStopping: () => runtime.drain.isStopping,
  });
  // Applies to the routes that follow: a health probe may send any query.
  refuseUnknownQueries(app);
  return app;
}

export type ServiceApp = Awaited<ReturnType<typeof createServiceApp>>;
