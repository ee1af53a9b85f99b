import type { z } from 'zod';
import { createSessionChecker } from '../auth/session-state.ts';
import type { TokenVerifier } from '../auth/token-manager.ts';
import { createTokenVerifier } from '../auth/token-manager.ts';
import { readConfig } from '../config/read-config.ts';
import type { StoreSettings } from '../config/settings.ts';
import {
  keySetSettings,
  portSetting,
  processSettings,
  storeSettings,
  tokenNamesOf,
  tokenSettings,
} from '../config/settings.ts';
import type { Clock } from '../core/clock.ts';
import { systemClock } from '../core/clock.ts';
import { systemIds } from '../core/ids.ts';
import type { TableStore } from '../database/table-store.ts';
import { VERSION } from '../version.ts';
import { closeOnSignal } from './close-on-signal.ts';
import { createDrain, drainAndClose } from './drain.ts';
import { createLogger } from './logger.ts';
import type { ServiceApp, ServiceRuntime } from './service-app.ts';
import { startProcess } from './start-process.ts';

type ServiceSettings = z.output<typeof processSettings> & StoreSettings & { readonly PORT: number };

/** What one service adds to the process it runs in. */
export interface OpenedService {
  readonly verifier: TokenVerifier;
  readonly build: (runtime: ServiceRuntime) => Promise<ServiceApp>;
  /** Closes what was opened with it, after the last request. */
  readonly close?: () => Promise<void>;
}

export interface ServiceProcess<S extends ServiceSettings> {
  readonly settings: z.ZodType<S>;
  /** Given by the composition root, which alone knows the adapters. */
  readonly openStore: (settings: S, clock: Clock) => Promise<TableStore>;
  readonly open: (settings: S, clock: Clock) => Promise<OpenedService>;
}

/** A service that only checks tokens: it finds the public keys at the user service. */
export function serviceWithPublicKeys({
  defaultPort,
  build,
}: {
  readonly defaultPort: number;
  readonly build: OpenedService['build'];
}) {
  const settings = processSettings
    .extend(storeSettings.shape)
    .extend(tokenSettings.shape)
    .extend(keySetSettings.shape)
    .extend({ PORT: portSetting.default(defaultPort) });
  const open = async (given: z.output<typeof settings>, clock: Clock): Promise<OpenedService> => ({
    verifier: createTokenVerifier({ keys: { url: given.JWKS_URL }, settings: tokenNamesOf(given), clock }),
    build,
  });
  return { settings, open };
}

/** Runs one service as a process of its own: settings, store, app, listen, drain. */
export async function runService<S extends ServiceSettings>(service: ServiceProcess<S>): Promise<void> {
  await startProcess(() => startService(service));
}

async function startService<S extends ServiceSettings>(process: ServiceProcess<S>): Promise<void> {
  const settings = readConfig(process.settings);
  const logger = createLogger({ level: settings.LOG_LEVEL });
  const clock = systemClock;
  const drain = createDrain();
  const service = await process.open(settings, clock);
  const store = await process.openStore(settings, clock);
  const runtime: ServiceRuntime = {
    version: VERSION,
    logger,
    clock,
    ids: systemIds,
    store,
    verifier: service.verifier,
    sessions: createSessionChecker({ store, clock }),
    drain,
    isOwnProcess: true,
  };
  const app = await service.build(runtime);
  closeOnSignal(logger, async () => {
    await drainAndClose(app, drain);
    await service.close?.();
    await store.close();
  });
  await app.listen({ host: settings.HOST, port: settings.PORT });
}
