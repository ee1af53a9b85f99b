import { createPasswordManager } from '@cnop/common/auth/password-manager';
import { createSessionChecker } from '@cnop/common/auth/session-state';
import { loadOrCreateSigningKeys } from '@cnop/common/auth/signing-key-file';
import { createTokenIssuer, createTokenVerifier } from '@cnop/common/auth/token-manager';
import { rateLimitsOf } from '@cnop/common/config/gateway-settings';
import { signingKeyFileOf, tokenNamesOf } from '@cnop/common/config/settings';
import { systemClock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { openStore } from '@cnop/common/database/open-store';
import { createDrain, drainAndClose } from '@cnop/common/http/drain';
import { buildMetricsApp } from '@cnop/common/http/metrics';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import { VERSION } from '@cnop/common/version';
import { buildGateway } from '@cnop/gateway/app';
import { createInProcessUpstream } from '@cnop/gateway/in-process-upstream';
import { buildInventoryServiceApp } from '@cnop/inventory-service/app';
import { buildOrderServiceApp } from '@cnop/order-service/app';
import { buildUserServiceApp } from '@cnop/user-service/app';
import type { Logger } from 'pino';
import type { Preparation } from './prepare-store.ts';
import { prepareStore } from './prepare-store.ts';
import type { StandaloneSettings } from './standalone-settings.ts';

export interface Standalone {
  /** Where the gateway listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly preparation: Preparation;
  /** Finishes what was accepted, then closes everything that was opened. */
  close(): Promise<void>;
}

/** Starts the whole platform in this process: store, services, gateway. */
export async function startStandalone(settings: StandaloneSettings, logger: Logger): Promise<Standalone> {
  const clock = systemClock;
  const drain = createDrain();
  const names = tokenNamesOf(settings);
  const keys = await loadOrCreateSigningKeys({ path: signingKeyFileOf(settings), clock });
  const publicKeys = keys.publicKeys();
  const verifier = createTokenVerifier({ keys: { jwks: publicKeys }, settings: names, clock });
  const passwords = createPasswordManager({ cost: settings.BCRYPT_COST });
  const store = await openStore(settings, clock);
  const preparation = await prepareStore({ store, passwords, clock, adminPassword: settings.ADMIN_PASSWORD });

  const runtime: ServiceRuntime = {
    version: VERSION,
    logger,
    clock,
    ids: systemIds,
    store,
    verifier,
    sessions: createSessionChecker({ store, clock }),
    drain,
    isOwnProcess: false,
  };
  const services = {
    user: await buildUserServiceApp({
      ...runtime,
      passwords,
      publicKeys,
      tokens: createTokenIssuer({ keys, settings: names, clock, ids: systemIds }),
      trustedProxies: settings.TRUSTED_PROXIES,
    }),
    order: await buildOrderServiceApp(runtime),
    inventory: await buildInventoryServiceApp(runtime),
  };
  const gateway = await buildGateway({
    version: VERSION,
    logger,
    clock,
    drain,
    verifier,
    upstreams: {
      user: createInProcessUpstream(services.user),
      order: createInProcessUpstream(services.order),
      inventory: createInProcessUpstream(services.inventory),
    },
    limits: rateLimitsOf(settings),
    corsOrigins: settings.CORS_ORIGINS,
    trustedProxies: settings.TRUSTED_PROXIES,
    isProduction: settings.NODE_ENV === 'production',
  });
  const metrics = settings.METRICS_PORT > 0 ? buildMetricsApp(gateway, 'gateway') : undefined;
  await metrics?.listen({ host: settings.HOST, port: settings.METRICS_PORT });
  const url = await gateway.listen({ host: settings.HOST, port: settings.PORT });
  return {
    url,
    preparation,
    async close() {
      await drainAndClose(gateway, drain);
      await metrics?.close();
      await Promise.all(Object.values(services).map((service) => service.close()));
      await passwords.close();
      await store.close();
    },
  };
}
