import { createPasswordManager } from '@cnop/common/auth/password-manager';
import type { AssetId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { quoteAround } from '@cnop/common/entities/inventory/quote';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import type { UserRole } from '@cnop/common/entities/user/user';
import { migrateSchema } from '@cnop/common/schema/migrate-schema';
import { buildOrderServiceApp } from '@cnop/order-service/app';
import type { TriggerEngine } from '@cnop/order-service/trigger-engine/trigger-engine';
import { createTriggerEngine } from '@cnop/order-service/trigger-engine/trigger-engine';
import { createOrderDependencies } from '@cnop/order-service/use-cases/dependencies';
import { anAssetId, aPrice, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aUser } from '@cnop/testing/builders/user';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { buildUserServiceApp } from '@cnop/user-service/app';

const MAX_QUOTE_AGE_SECONDS = 365 * 24 * 3_600;
const TEST_BCRYPT_COST = 4;
const MILLISECONDS_PER_STEP = 1_500;
/** Mid prices that the test moves around: many digits, a large unit, and a unit worth less than a cent. */
export const MARKET = [
  { asset_id: 'BTC', mid: '50000.61', price_scale: 2, quantity_scale: 8, spread_bps: 20 },
  { asset_id: 'DOGE', mid: '0.123456', price_scale: 6, quantity_scale: 4, spread_bps: 35 },
] as const;
/** Currencies with two digits and with none. */
export const CURRENCIES = [
  { asset_id: 'EUR', mid: '1.16243', price_scale: 5, quantity_scale: 2, spread_bps: 20 },
  { asset_id: 'JPY', mid: '0.0064215', price_scale: 8, quantity_scale: 0, spread_bps: 20 },
] as const;
/** Members of staff: one adjusts and proposes, the other approves. */
export const STAFF = aUsername('grace');
export const SECOND_STAFF = aUsername('hopper');

/** The routes of the order service; all others are of the user service. */
const ORDER_ROUTES = /^\/(?:orders|admin\/(?:orders|refunds))/;

const isCurrency = (id: string): boolean => CURRENCIES.some(({ asset_id }) => asset_id === id);

/** A request of one user. */
export interface Call {
  readonly as: Username;
  readonly url: string;
  readonly body: object;
  readonly key?: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The user service and the order service over one store, with a trigger engine, a clock and prices that a test sets. */
export interface World {
  readonly store: TableStore;
  /** Opens an account without cash. */
  open(username: Username, role?: UserRole): Promise<void>;
  post(call: Call): Promise<Answer>;
  /** Publishes a new mid price of an asset, and waits for the orders that it triggers. */
  price(asset: AssetId, mid: string): Promise<void>;
  /** Ends both services and the engine, and starts them again. */
  restart(): Promise<void>;
}

/** Opens a world; the cleanup closes it. */
export async function openWorld(cleanup: Cleanup, given?: TableStore): Promise<World> {
  const clock = createFakeClock();
  const runtime = await createTestRuntime({ clock, ...(given && { store: given }) });
  cleanup.defer(() => runtime.dispose());
  const { store, quotes } = runtime;
  const passwords = createPasswordManager({ cost: TEST_BCRYPT_COST });
  cleanup.defer(() => passwords.close());
  await migrateSchema(runtime);
  const assets = new Map<AssetId, Asset>();
  let seq = 0;
  const publish = (asset: AssetId, mid: string): void => {
    const listed = assets.get(asset);
    if (!listed) throw new Error(`${asset} is not listed`);
    seq += 1;
    const at = isoTime(clock.now());
    quotes.publish([quoteAround(listed, { mid: aPrice(mid), at, source: 'manual', seq })]);
  };
  for (const { asset_id, mid, ...terms } of [...MARKET, ...CURRENCIES]) {
    const kind = isCurrency(asset_id) ? ({ category: 'currency', fee_bps: 0 } as const) : { fee_bps: 25 };
    const asset = anAsset({ asset_id, current_price: mid, ...kind, ...terms });
    assets.set(anAssetId(asset_id), await createAssetDao(store).createAsset(asset));
    publish(anAssetId(asset_id), mid);
  }

  const start = async () => {
    const users = await buildUserServiceApp({
      ...runtime,
      passwords,
      publicKeys: runtime.signingKeys.publicKeys,
      maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS,
    });
    const orders = await buildOrderServiceApp({ ...runtime, maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS });
    const deps = createOrderDependencies({ ...runtime, maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS });
    const engine: TriggerEngine = createTriggerEngine({
      ...deps,
      log: runtime.logger,
      monotonicClock: clock,
    });
    engine.start();
    await engine.whenIdle();
    const close = async (): Promise<void> => {
      await engine.close();
      await Promise.all([users.close(), orders.close()]);
    };
    return { users, orders, engine, close };
  };
  let running = await start();
  cleanup.defer(async () => running.close());
  const tokens = new Map<Username, string>();

  return {
    store,

    async open(username, role = 'customer') {
      const at = isoTime(clock.now());
      const user = aUser({ username, email: `${username}@example.com`, role, created_at: at });
      const balance = emptyBalance(username, at);
      const writes = [userRecord.create(user), emailClaimRecord.create(user), balanceRecord.create(balance)];
      await store.transact({}, () => ({ writes, result: undefined }));
      tokens.set(username, (await runtime.signIn(username, role)).authorization);
    },

    async post({ as, url, body, key }) {
      clock.advanceMilliseconds(MILLISECONDS_PER_STEP);
      const response = await (ORDER_ROUTES.test(url) ? running.orders : running.users).inject({
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          authorization: tokens.get(as) ?? '',
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        payload: JSON.stringify(body),
      });
      return { status: response.statusCode, text: response.body };
    },

    async price(asset, mid) {
      clock.advanceMilliseconds(MILLISECONDS_PER_STEP);
      publish(asset, mid);
      await running.engine.whenIdle();
    },

    async restart() {
      await running.close();
      running = await start();
    },
  };
}
