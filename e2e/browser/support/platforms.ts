import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Account, Send } from '@cnop/testing/system/api-client';
import { createApi, expectStatus, signIn } from '@cnop/testing/system/api-client';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { ADMIN_PASSWORD, startStandaloneServer } from '@cnop/testing/system/servers';
import type { Wire } from './wire.ts';
import { layWire } from './wire.ts';

/** `manual`: prices stand until a test moves one. `moving`: they move each second, the same way in every run. */
export type Feed = 'manual' | 'moving';

/** The whole platform as `npm start` runs it, with the built web app. */
export interface Platform {
  /** Where the browser finds it, at the other end of the wire. */
  readonly url: string;
  readonly wire: Wire;
  /** Without the browser and without the wire. */
  readonly api: Send;
  readonly admin: Account;
  /** Sets the price of an asset, in USD; orders that waited for it are executed. */
  setPrice(assetId: string, price: string): Promise<void>;
}

const FEEDS: Readonly<Record<Feed, Readonly<Record<string, string>>>> = {
  manual: { PRICE_FEED: 'manual' },
  moving: { PRICE_FEED: 'simulated', PRICE_SEED: 'browser' },
};

export interface Platforms {
  /** Starts the platform with a feed at its first use; later tests share it. */
  get(feed: Feed): Promise<Platform>;
}

export function createPlatforms(cleanup: Cleanup): Platforms {
  const started = new Map<Feed, Promise<Platform>>();
  return {
    get(feed) {
      const platform = started.get(feed) ?? startPlatform(FEEDS[feed], cleanup);
      started.set(feed, platform);
      return platform;
    },
  };
}

/** A platform of one's own, for tests that stop it or need other settings. */
export async function startPlatform(
  env: Readonly<Record<string, string>>,
  cleanup: Cleanup,
): Promise<Platform> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'cnop-browser-'));
  cleanup.defer(() => rm(dataDir, { recursive: true, force: true }));
  const server = await startStandaloneServer({ dataDir, env });
  cleanup.defer(() => server.process.stop());
  const wire = await layWire(new URL(server.url));
  cleanup.defer(() => wire.close());
  const api = createApi(server.url);
  const admin = await signIn(api, 'admin', ADMIN_PASSWORD);
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
