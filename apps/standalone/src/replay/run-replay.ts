import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ConfigError } from '@cnop/common/config/read-config';
import type { Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import { assetIdSchema, usernameSchema } from '@cnop/common/entities/fields';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { assetSchema } from '@cnop/common/entities/inventory/asset';
import type { TrackPoint } from '@cnop/inventory-service/domain/price-track';
import { readPriceFile } from '@cnop/inventory-service/price-feed/price-file';
import type { Logger } from 'pino';
import { verifyStore } from '../verify/audit-store.ts';
import type { ReplayedOrder } from './expected-outcome.ts';
import { expectedOutcome } from './expected-outcome.ts';
import { planOrders } from './planned-orders.ts';
import { playMarket } from './play-market.ts';

/** Below the usual limit of open orders of a user. */
const ORDERS_PER_TRADER = 50;
const MIN_TRADERS = 10;

export interface ReplayOptions {
  /** A CSV of candles or closes. */
  readonly file: string;
  /** The id of the traded asset; by default the file name begins with it. */
  readonly asset?: string | undefined;
  readonly orders: number;
  readonly seed: number;
  readonly logger: Logger;
  readonly onProgress: (points: number, allPoints: number) => void;
  /** Changes the prices that are played, but not those of the walk. Tests show with it that a fault is found. */
  readonly distort?: (track: readonly TrackPoint[]) => readonly TrackPoint[];
}

export interface ReplayResult {
  readonly points: number;
  readonly replayed: readonly ReplayedOrder[];
  /** The number of violations in the audit of the store afterwards. */
  readonly violations: number;
}

/**
 * Plays recorded prices with generated orders through the real order service, in a temporary store, and computes the
 * expected result of each order by an independent walk over the same prices.
 * @throws ConfigError when the file cannot be read, or its name does not begin with an asset id
 */
export async function runReplay(options: ReplayOptions): Promise<ReplayResult> {
  const track = await readPriceFile(options.file);
  const asset = replayedAsset(options, track);
  const traders = tradersFor(options.orders);
  const planned = planOrders({
    track,
    assetId: asset.asset_id,
    priceScale: asset.price_scale,
    traders,
    count: options.orders,
    seed: options.seed,
  });
  const folder = await mkdtemp(join(tmpdir(), 'cnop-replay-'));
  const store = createLmdbTableStore({ path: folder });
  try {
    const placed = await playMarket({
      store,
      asset,
      track: options.distort?.(track) ?? track,
      planned,
      traders,
      logger: options.logger,
      onProgress: (points) => options.onProgress(points, track.length),
    });
    const { violation_count } = await verifyStore(store);
    const replayed = placed.flatMap((each, position): ReplayedOrder[] => {
      const order = planned[position];
      return order ? [{ planned: order, expected: expectedOutcome(track, order), placed: each }] : [];
    });
    return { points: track.length, replayed, violations: violation_count };
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function tradersFor(orders: number): Username[] {
  const count = Math.max(MIN_TRADERS, Math.ceil(orders / ORDERS_PER_TRADER));
  return Array.from({ length: count }, (_, position) => usernameSchema.parse(`trader${position}`));
}

/** Returns the asset of a file, with as many fraction digits as its prices need. */
function replayedAsset({ file, asset: named }: ReplayOptions, track: readonly TrackPoint[]): Asset {
  const assetId = named === undefined ? assetIdFromFile(file) : assetIdFromOption(named);
  const at = isoTime(new Date(track[0]?.atMilliseconds ?? 0));
  return assetSchema.parse({
    asset_id: assetId,
    symbol: assetId,
    name: `Replay of ${assetId}`,
    current_price: track[0]?.mid,
    price_scale: Math.max(...new Set(track.map(({ mid }) => decimal(mid).fractionDigits()))),
    created_at: at,
    updated_at: at,
    last_price_update: at,
  });
}

/** @throws ConfigError when the file name does not begin with an asset id */
function assetIdFromFile(file: string): string {
  const [name = ''] = basename(file).split(/[^A-Za-z0-9]/);
  const assetId = assetIdSchema.safeParse(name);
  // Digits alone are a date or a number, not an asset.
  if (assetId.success && /[A-Z]/.test(assetId.data)) return assetId.data;
  throw new ConfigError(
    `The name of ${file} does not begin with an asset id (1-10 letters and digits). Name the asset: --asset BTC`,
  );
}

function assetIdFromOption(named: string): string {
  const assetId = assetIdSchema.safeParse(named);
  if (assetId.success) return assetId.data;
  throw new ConfigError(`--asset ${named}: an asset id has 1-10 letters and digits, such as BTC`);
}
