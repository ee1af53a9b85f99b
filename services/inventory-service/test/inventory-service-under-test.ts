import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import { priceSettings } from '@cnop/common/config/price-settings';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { AuditEvent } from '@cnop/common/entities/user/audit-event';
import type { UserRole } from '@cnop/common/entities/user/user';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { aUsername } from '@cnop/testing/builders/brands';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { buildInventoryServiceApp } from '../src/app.ts';
import { openMarketMaker } from '../src/market-maker/market-maker.ts';

const START = '2026-03-01T09:00:00.000Z';
/** The market maker ticks only when a test asks for it, even after a start. */
const NO_TICK_BY_ITSELF = { PRICE_TICK_MILLISECONDS: '60000', PRICE_PERSIST_SECONDS: '3600' };
/** Only the tests of manual prices have a limit. */
const NO_LIMIT_OF_MANUAL_PRICES = { PRICE_MANUAL_MAX_PERCENT: '999999999' };
/** The username of each role. */
const USERNAMES = { customer: 'carol', moderator: 'mallory', admin: 'adam' } as const;

export interface Call {
  /** A role, or the headers of a signed-in user. */
  readonly as?: UserRole | { readonly authorization: string };
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
}

export type InventoryServiceUnderTest = Awaited<ReturnType<typeof startInventoryService>>;

/**
 * Starts the real inventory service over a real store with the given assets. Its clock stands still, and its market maker
 * makes prices when a test calls `tick` and stores them when it calls `persist`.
 * @param prices price settings; the default feed is `manual`
 */
export async function startInventoryService(
  assets: readonly Asset[] = [],
  prices: Readonly<Record<string, string>> = {},
) {
  const clock = createFakeClock(START);
  const runtime: TestRuntime = await createTestRuntime({ clock });
  const dao = createAssetDao(runtime.store);
  for (const asset of assets) await dao.createAsset(asset);
  const settings = priceSettings.parse({
    ...NO_TICK_BY_ITSELF,
    ...NO_LIMIT_OF_MANUAL_PRICES,
    PRICE_FEED: 'manual',
    ...prices,
  });
  const maker = await openMarketMaker({ ...runtime, monotonicClock: clock }, settings);
  const app: ServiceApp = await buildInventoryServiceApp({
    ...runtime,
    market: maker.market,
    manualPriceMaxPercent: settings.PRICE_MANUAL_MAX_PERCENT,
  });
  const audit = createAuditLogger(runtime);
  const tokens = new Map<UserRole, { authorization: string }>();

  const signedIn = async (role: UserRole) => {
    const headers = tokens.get(role) ?? (await runtime.signIn(USERNAMES[role], role));
    tokens.set(role, headers);
    return headers;
  };

  return {
    app,
    clock,
    dao,
    maker,
    runtime,

    async send({ as, method = 'GET', url, body }: Call) {
      const payload = typeof body === 'string' ? body : JSON.stringify(body);
      return app.inject({
        method,
        url,
        headers: {
          'user-agent': 'test-agent',
          'x-request-id': 'request-1',
          ...(as && (typeof as === 'string' ? await signedIn(as) : as)),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { payload }),
      });
    },

    /** Returns the audit events of a user, oldest first. */
    async audited(role: UserRole): Promise<AuditEvent[]> {
      const page = await audit.byUser(aUsername(USERNAMES[role]), { limit: 100 });
      return page.items.toReversed();
    },

    async dispose() {
      await app.close();
      await maker.stop();
      await runtime.dispose();
    },
  };
}
