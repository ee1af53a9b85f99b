import type { PlayMoney } from '@cnop/common/config/play-money-settings';
import type { HealthChecks } from '@cnop/common/http/health';
import { logRequests, SERVER_OPTIONS } from '@cnop/common/http/http-server';
import { sendTogether } from '@cnop/common/http/send-together';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import { useZodSchemas } from '@cnop/common/http/validation';
import type { SharedCounter } from '@cnop/common/limits/shared-counter';
import { UnreadableRequestError } from '@cnop/exception/errors';
import { registerErrorHandlers, sendProblem } from '@cnop/exception/http/error-handler';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { respondToClientError } from './client-error.ts';
import { createClientOrigin, createGuard } from './guard.ts';
import { serveGatewayHealth } from './health.ts';
import type { RateLimitSettings } from './limits/rate-limits.ts';
import { createRateLimits } from './limits/rate-limits.ts';
import { serveDocs } from './pages/docs-page.ts';
import { serveErrorPages } from './pages/error-pages.ts';
import { allowOrigins, createPrecheck, MAX_URL_LENGTH } from './precheck.ts';
import { servePublicRoutes } from './public-routes.ts';
import type { Upstreams } from './upstreams/upstream.ts';
import { serveAppInfo } from './web/app-info.ts';
import { serveCookieSessions } from './web/cookie-sessions.ts';
import { serveWebApp } from './web/web-app.ts';

const SERVICE = 'gateway';

/** The parts of a service runtime that the gateway needs; it has no store. */
type GatewayRuntime = Pick<ServiceRuntime, 'version' | 'logger' | 'clock' | 'drain' | 'verifier' | 'tracing'>;

export interface GatewayOptions extends GatewayRuntime {
  readonly upstreams: Upstreams;
  /** Further parts of the process that must be up for it to be ready. */
  readonly checks?: HealthChecks | undefined;
  readonly limits: RateLimitSettings;
  /** Counts requests of all gateways together; without one this process counts for itself. */
  readonly sharedCounter?: SharedCounter | undefined;
  /** Web apps that may call the API from a browser, such as `https://app.example.com`. */
  readonly corsOrigins: readonly string[];
  /** Addresses and networks whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: readonly string[];
  readonly isProduction: boolean;
  /** The folder of the built web app; without it none is served. */
  readonly webFolder?: string | undefined;
  /** Whether the web app offers demo accounts and free deposits. */
  readonly playMoney: PlayMoney;
}

/**
 * Builds the gateway without listening. Closing it closes its connections to the services, not the services.
 * @throws ConfigError when the web folder holds no built app
 */
export async function buildGateway(options: GatewayOptions): Promise<FastifyInstance> {
  const { clock, upstreams, verifier } = options;
  const limits = createRateLimits({ settings: options.limits, clock, shared: options.sharedCounter });
  const originOf = createClientOrigin(options.trustedProxies);
  const guardOptions = { verifier, limits, originOf };
  const precheck = createPrecheck({ ...options, ...guardOptions });

  const app = Fastify({
    ...SERVER_OPTIONS,
    // The router accepts any parameter; its schema refuses one that is too long.
    routerOptions: { ...SERVER_OPTIONS.routerOptions, maxParamLength: MAX_URL_LENGTH },
    loggerInstance: options.logger.child({ service: SERVICE }) as FastifyBaseLogger,
    clientErrorHandler: (error, socket) => respondToClientError(error, socket, clock.now()),
    frameworkErrors: (_error, request, reply) => {
      precheck(request, reply, (refusal) => {
        const unreadable = new UnreadableRequestError('The path is not well-formed.');
        sendProblem(refusal ?? unreadable, request, reply, clock.now());
      });
    },
  });
  if (options.tracing) {
    const { traceRequests } = await import('@cnop/common/http/trace-requests');
    traceRequests(app, options.tracing);
  }
  useZodSchemas(app);
  sendTogether(app);
  registerErrorHandlers(app, () => clock.now());
  app.addHook('onRequest', precheck);
  await allowOrigins(app, options.corsOrigins);
  logRequests(app);

  serveGatewayHealth(app, options);
  await app.register(async (pages) => {
    pages.addHook('onRequest', createGuard({ access: 'public', policy: 'reads' }, guardOptions));
    serveErrorPages(pages);
    serveAppInfo(pages, options);
    await pages.register((scope) => serveDocs(scope, options));
    const { webFolder } = options;
    if (webFolder !== undefined) await pages.register((scope) => serveWebApp(scope, webFolder));
  });
  await servePublicRoutes(app, { ...guardOptions, upstreams });
  await serveCookieSessions(app, { ...options, ...guardOptions });

  app.addHook('onReady', async () => {
    await Promise.all(Object.values(upstreams).map((upstream) => upstream.start()));
  });
  app.addHook('onClose', async () => {
    await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()));
  });
  return app;
}
