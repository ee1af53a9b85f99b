import { readTrustedPeers } from '@cnop/common/auth/gateway-hop';
import { createPasswordManager } from '@cnop/common/auth/password-manager';
import { ownPublicKeys } from '@cnop/common/auth/public-keys';
import { createSessionChecker } from '@cnop/common/auth/session-state';
import { createSigningKey, importSigningKeys } from '@cnop/common/auth/signing-keys';
import { createTokenIssuer } from '@cnop/common/auth/token-issuer';
import { createTokenVerifier } from '@cnop/common/auth/token-verifier';
import { isoTime, knownAssetId, knownPrice } from '@cnop/common/core/brands';
import { addSeconds, MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { DueWork } from '@cnop/common/dao/schedule/due-work-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { announceChanges } from '@cnop/common/events/announcing-store';
import { createDrain } from '@cnop/common/http/http-server';
import type { ServiceApp, ServiceRuntime } from '@cnop/common/http/service-app';
import type { WritableQuoteBoard } from '@cnop/common/market/market-data';
import { createQuoteBoard, createTradeFeed } from '@cnop/common/market/market-data';
import { createInProcessBus } from '@cnop/common/messaging/message-bus';
import { createLogger } from '@cnop/common/process/logger';
import { PROCESS_IDENTITY } from '@cnop/common/process/process-identity';
import { VERSION } from '@cnop/common/version';
import { InternalError } from '@cnop/exception/errors';
import { buildInventoryServiceApp } from '@cnop/inventory-service/app';
import { loadCatalogue } from '@cnop/inventory-service/catalogue/load-catalogue';
import type { MarketMaker } from '@cnop/inventory-service/market-maker/market-maker';
import { createMarketMaker } from '@cnop/inventory-service/market-maker/market-maker';
import { createRandomSource, createSimulatedFeed } from '@cnop/inventory-service/price-feed/simulated-feed';
import { buildOrderServiceApp } from '@cnop/order-service/app';
import { recurringBuyDependencies } from '@cnop/order-service/recurring-buys/use-cases/manage-recurring-buys';
import { runRecurringBuy } from '@cnop/order-service/recurring-buys/use-cases/run-recurring-buy';
import { createTriggerEngine } from '@cnop/order-service/trigger-engine/trigger-engine';
import { triggerOrder } from '@cnop/order-service/use-cases/change-open-order';
import { createOrderDependencies } from '@cnop/order-service/use-cases/dependencies';
import { buildUserServiceApp } from '@cnop/user-service/app';
import { z } from 'zod';

/** The ticks of simulated prices; they happen on demand only. */
const TICK_SECONDS = 1;
const PERSIST_SECONDS = 3_600;
const MAX_JUMP_PERCENT = 20;
const HOUR_MILLISECONDS = 3_600 * MILLISECONDS_PER_SECOND;
/** The lowest cost of a hash: units do not depend on it. */
const BCRYPT_COST = 4;
const MAX_QUOTE_AGE_SECONDS = 3_600;
const TOKEN_SETTINGS = { issuer: 'cnop-cost', audience: 'cnop-cost' };
const UNLIMITED_PERCENT = 999_999_999;
/** As long as that of a browser. */
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36';
const FIRST_FAILURE = 400;

/** A request to one of the services. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** The access token. */
  readonly token?: string;
  readonly key?: string;
}

/** The members of answers that measurements need. */
const answerSchema = z.object({
  access_token: z.string().optional(),
  refresh_token: z.string().optional(),
  data: z.unknown().optional(),
});
export type Answer = z.output<typeof answerSchema>;

export type MeasuredPlatform = Awaited<ReturnType<typeof startMeasuredPlatform>>;

/**
 * Starts the three services as if each were in its own process, over a store whose consumption is counted. Its clock moves
 * on demand only, so that no cache expires in the middle of an operation.
 */
export async function startMeasuredPlatform(counted: TableStore) {
  // A second after a full hour, every run has the same candles open.
  let now = new Date(
    Math.floor(Date.now() / HOUR_MILLISECONDS) * HOUR_MILLISECONDS + MILLISECONDS_PER_SECOND,
  );
  const clock = { now: () => now };
  const bus = createInProcessBus();
  const store = announceChanges(counted, bus);
  const keys = await importSigningKeys({ keys: [await createSigningKey(now)] });
  const passwords = createPasswordManager({ cost: BCRYPT_COST });
  const runtime = {
    version: VERSION,
    logger: createLogger({ level: 'silent' }),
    clock,
    ids: systemIds,
    store,
    verifier: createTokenVerifier({ keys: ownPublicKeys(keys), settings: TOKEN_SETTINGS, clock }),
    sessions: createSessionChecker({ store, clock }),
    quotes: createQuoteBoard(),
    bus,
    trades: createTradeFeed(),
    drain: createDrain(),
    clientAddressOf: readTrustedPeers(['127.0.0.1']),
    isOwnProcess: true,
    sharesStore: true,
  };
  await loadCatalogue(store, clock);
  const maker = createMaker(runtime);
  await maker.start();
  const tokens = createTokenIssuer({ keys, settings: TOKEN_SETTINGS, clock, ids: systemIds });
  const ordering = { ...runtime, maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS };
  const services: Services = {
    user: await buildUserServiceApp({
      ...runtime,
      passwords,
      publicKeys: keys.publicKeys,
      playMoney: { freeDeposits: true, demoAccounts: true },
      transferLimits: {},
      maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS,
      tierLimits: {},
      funding: { provider: 'instant', bankSeconds: 0, webhookSecrets: [], reviewAbove: undefined },
      tokens,
    }),
    order: await buildOrderServiceApp(ordering),
    inventory: await buildInventoryServiceApp({
      ...runtime,
      market: maker.market,
      manualPriceMaxPercent: UNLIMITED_PERCENT,
      maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS,
    }),
  };
  return {
    store,
    quotes: runtime.quotes,
    clock,
    ids: systemIds,
    passwords,
    maker,
    ...createTrading(ordering, maker),
    call: createCaller(services),

    advanceSeconds(seconds: number): void {
      now = addSeconds(now, seconds);
    },

    async close(): Promise<void> {
      await Promise.all(Object.values(services).map((service) => service.close()));
      await maker.stop();
      await passwords.close();
      await bus.close();
    },
  };
}

/** Creates a market maker that ticks on demand only. */
function createMaker(runtime: ServiceRuntime & { readonly quotes: WritableQuoteBoard }): MarketMaker {
  const { clock, quotes: board } = runtime;
  const startedAt = clock.now().getTime();
  return createMarketMaker({
    ...runtime,
    // It stands as still as the clock, so that the lease is not renewed in the middle of an operation.
    monotonicClock: { elapsedMilliseconds: () => clock.now().getTime() - startedAt },
    board,
    // The same prices in every run.
    feed: createSimulatedFeed({ random: createRandomSource('cost'), tickSeconds: TICK_SECONDS }),
    maxJumpPercent: MAX_JUMP_PERCENT,
    tickMilliseconds: HOUR_MILLISECONDS,
    persistSeconds: PERSIST_SECONDS,
    leaseCheckMilliseconds: HOUR_MILLISECONDS,
    holder: PROCESS_IDENTITY,
    location: undefined,
    storesBeforeShowing: true,
  });
}

type Services = Readonly<Record<'user' | 'order' | 'inventory', ServiceApp>>;

/** Creates the function that sends a request to its service. */
function createCaller(services: Services) {
  /** @throws InternalError when the answer is a failure that was not expected */
  return async (request: Request, { mayFail = false } = {}): Promise<Answer> => {
    const { method, path, body, token, key } = request;
    const headers = {
      'user-agent': USER_AGENT,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    const service = services[serviceOf(path)];
    const response = await service.inject({ method, url: path, headers, ...(body && { payload: body }) });
    if (response.statusCode >= FIRST_FAILURE && !mayFail) {
      throw new InternalError(new Error(`${method} ${path}: ${response.statusCode} ${response.body}`));
    }
    return answerSchema.parse(response.body === '' ? {} : response.json());
  };
}

function serviceOf(path: string): keyof Services {
  if (/^\/(?:inventory|exchange-rates)\b/.test(path)) return 'inventory';
  return /^\/(?:admin\/orders|admin\/refunds|orders|trades|assets|recurring-buys)\b/.test(path)
    ? 'order'
    : 'user';
}

/** Creates what moves prices and executes open orders, on demand only. */
function createTrading(
  ordering: ServiceRuntime & Parameters<typeof createOrderDependencies>[0],
  { market }: Pick<MarketMaker, 'market'>,
) {
  const deps = createOrderDependencies(ordering);
  return {
    /** It is not started. */
    engine: createTriggerEngine({ ...deps, log: ordering.logger }),

    /** Stores a price of an asset and shows it, as the market maker does. */
    async setPrice(assetId: string, mid: string): Promise<void> {
      const now = ordering.clock.now();
      const asset = await createAssetDao(ordering.store).updateAsset(knownAssetId(assetId), () => ({
        current_price: knownPrice(mid),
        last_price_update: isoTime(now),
        quote_seq: now.getTime(),
      }));
      market.priceSet(asset);
    },

    /** Executes an open order at the current quote, as the trigger engine does. */
    async trigger(order: OrderDocument): Promise<void> {
      const { order_id: orderId, username, asset_id: assetId } = order;
      await triggerOrder(deps, { orderId, username, assetId }, (found, quote) => ({
        quote,
        price: 'limit' in found ? found.limit : quote.bid,
      }));
    },

    /** Takes a run of a recurring buy, which was found by a look that is measured elsewhere. */
    async runRecurringBuy(work: DueWork): Promise<void> {
      await runRecurringBuy(recurringBuyDependencies(deps), work);
    },
  };
}
