import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ConfigError } from '@cnop/common/config/read-config';
import { decimal } from '@cnop/common/core/money';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import { assetIdSchema } from '@cnop/common/entities/fields';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { assetSchema } from '@cnop/common/entities/inventory/asset';
import type { TrackPoint } from '@cnop/inventory-service/domain/price-track';
import { readPriceFile } from '@cnop/inventory-service/price-feed/price-file';
import type { Logger } from 'pino';
import { verifyStore } from '../verify/audit-store.ts';
import type { ReplayedOrder } from './compare-outcomes.ts';
import { expectedOutcome } from './expected-outcome.ts';
import { planOrders } from './planned-orders.ts';
import { playMarket } from './play-market.ts';

/** Few enough to stay below the limit of open orders that a user may have. */
const ORDERS_PER_TRADER = 50;
const MIN_TRADERS = 10;

export interface ReplayOptions {
  /** A CSV of candles or closes. */
  readonly file: string;
  /** The asset that is traded; by default the file's name begins with it. */
  readonly asset?: string | undefined;
  readonly orders: number;
  readonly seed: number;
  readonly logger: Logger;
  readonly onProgress: (points: number, allPoints: number) => void;
  /** Changes the track that is played, but not the one that is walked: for showing that a fault would be found. */
  readonly distort?: (track: readonly TrackPoint[]) => readonly TrackPoint[];
}

export interface ReplayResult {
  readonly points: number;
  readonly replayed: readonly ReplayedOrder[];
  /** What the audit of the store found afterwards. */
  readonly violations: number;
}

/**
 * Plays recorded prices through the real order service with generated orders, in a store that is thrown away, and walks
 * the same prices once more by brute force.
 * @throws ConfigError when the file cannot be read or gives no asset
 */
export async function runReplay(options: ReplayOptions): Promise<ReplayResult> {
  const track = await readPriceFile(options.file);
  const asset = assetOf(options, track);
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

function tradersFor(orders: number): string[] {
  const count = Math.max(MIN_TRADERS, Math.ceil(orders / ORDERS_PER_TRADER));
  return Array.from({ length: count }, (_, position) => `trader${position}`);
}

/** The asset that a file is about, with as many fraction digits as its prices need. */
function assetOf({ file, asset: named }: ReplayOptions, track: readonly TrackPoint[]): Asset {
  const assetId = named === undefined ? assetIdOfFile(file) : assetIdOfOption(named);
  const at = new Date(track[0]?.atMilliseconds ?? 0).toISOString();
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

/** @throws ConfigError when the name does not begin with letters and digits that can be an asset's id */
function assetIdOfFile(file: string): string {
  const [name = ''] = basename(file).split(/[^A-Za-z0-9]/);
  const assetId = assetIdSchema.safeParse(name);
  // What is all digits is a date or a number, not an asset.
  if (assetId.success && /[A-Z]/.test(assetId.data)) return assetId.data;
  throw new ConfigError(
    `The name of ${file} does not begin with an asset id (1-10 letters and digits). Name the asset: --asset BTC`,
  );
}

function assetIdOfOption(named: string): string {
  const assetId = assetIdSchema.safeParse(named);
  if (assetId.success) return assetId.data;
  throw new ConfigError(`--asset ${named}: an asset id has 1-10 letters and digits, such as BTC`);
}
