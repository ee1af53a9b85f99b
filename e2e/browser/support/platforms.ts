import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Account, Send } from '@cnop/testing/system/api-client';
import { createApi, expectStatus, removeSpreads, signIn } from '@cnop/testing/system/api-client';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { ADMIN_PASSWORD, startStandaloneServer } from '@cnop/testing/system/servers';
import type { Wire } from './wire.ts';
import { layWire } from './wire.ts';

/**
 * `manual`: prices stand until a test sets one. `moving`: prices move each second, the same way in every run. `reviewed`:
 * as `manual`, with large withdrawals that wait for staff.
 */
export type Feed = 'manual' | 'moving' | 'reviewed';

/** The whole platform as `npm start` runs it, with the built web app. */
export interface Platform {
  /** The URL for the browser, through the wire. */
  readonly url: string;
  readonly wire: Wire;
  /** A client without browser and wire. */
  readonly api: Send;
  readonly admin: Account;
  /** Sets the price of an asset in USD; open orders that it triggers are filled. */
  setPrice(assetId: string, price: string): Promise<void>;
}

const FEEDS: Readonly<Record<Feed, Readonly<Record<string, string>>>> = {
  manual: { PRICE_FEED: 'manual' },
  reviewed: { PRICE_FEED: 'manual', WITHDRAWAL_REVIEW_USD: '500' },
  moving: { PRICE_FEED: 'simulated', PRICE_SEED: 'browser' },
};

const HISTORY_HOURS = 20;

export interface Platforms {
  /** Starts the platform with a feed on first use; later tests share it. */
  get(feed: Feed): Promise<Platform>;
}

export function createPlatforms(cleanup: Cleanup): Platforms {
  const started = new Map<Feed, Promise<Platform>>();
  return {
    get(feed) {
      const platform = started.get(feed) ?? start(feed, cleanup);
      started.set(feed, platform);
      return platform;
    },
  };
}

async function start(feed: Feed, cleanup: Cleanup): Promise<Platform> {
  const platform = await startPlatform(FEEDS[feed], cleanup);
  if (feed === 'moving') await waitForHistory(platform.api);
  return platform;
}

/** The history of simulated prices is generated in the seconds after the start, asset by asset. */
async function waitForHistory(api: Send): Promise<void> {
  const { data: assets } = (await api('GET', '/inventory/assets?limit=250')).json<{
    data: { asset_id: string }[];
  }>();
  for (const { asset_id: assetId } of assets) {
    const path = `/inventory/assets/${assetId}/candles?interval=1h&limit=24`;
    while ((await api('GET', path)).json<{ data: unknown[] }>().data.length < HISTORY_HOURS) await wait(100);
  }
}

/** A platform with its own store. */
async function startPlatform(env: Readonly<Record<string, string>>, cleanup: Cleanup): Promise<Platform> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'cnop-browser-'));
  cleanup.defer(() => rm(dataDir, { recursive: true, force: true }));
  const server = await startStandaloneServer({ dataDir, env });
  cleanup.defer(() => server.process.stop());
  const wire = await layWire(new URL(server.url));
  cleanup.defer(() => wire.close());
  const api = createApi(server.url);
  const admin = await signIn(api, 'admin', ADMIN_PASSWORD);
  // Figures are computed from prices that a test sets.
  await removeSpreads(admin);
  return {
    url: wire.url,
    wire,
    api,
    admin,
    async setPrice(assetId, price) {
      const path = `/inventory/assets/${assetId}/price`;
      expectStatus(await admin.send('PUT', path, { body: { price } }), 200);
    },
  };
}
