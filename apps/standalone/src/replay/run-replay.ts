import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { decimal } from '@cnop/common/core/money';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { assetSchema } from '@cnop/common/entities/inventory/asset';
import type { TrackPoint } from '@cnop/inventory-service/domain/price-track';
import { readPriceTrack } from '@cnop/inventory-service/domain/price-track';
import type { Logger } from 'pino';
import { verifyStore } from '../verify/audit-store.ts';
import type { ReplayedOrder } from './compare-outcomes.ts';
import { expectedOutcome } from './expected-outcome.ts';
import { planOrders } from './planned-orders.ts';
import { playMarket } from './play-market.ts';

const TRADERS = Array.from({ length: 10 }, (_, position) => `trader${position}`);

export interface ReplayOptions {
  /** A CSV of candles or closes. */
  readonly file: string;
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
 */
export async function runReplay(options: ReplayOptions): Promise<ReplayResult> {
  const track = readPriceTrack(await readFile(options.file, 'utf8'));
  const asset = assetOf(options.file, track);
  const planned = planOrders({
    track,
    assetId: asset.asset_id,
    priceScale: asset.price_scale,
    traders: TRADERS,
    count: options.orders,
    seed: options.seed,
  });
  const folder = await mkdtemp(join(tmpdir(), 'cnop-replay-'));
  const store = createLmdbTableStore({ path: folder });
  try {
    const orders = await playMarket({
      store,
      asset,
      track: options.distort?.(track) ?? track,
      planned,
      traders: TRADERS,
      logger: options.logger,
      onProgress: (points) => options.onProgress(points, track.length),
    });
    const { violation_count } = await verifyStore(store);
    const replayed = planned.map((each, position) => ({
      planned: each,
      expected: expectedOutcome(track, each),
      order: orders[position],
    }));
    return { points: track.length, replayed, violations: violation_count };
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The asset that a file is about, named by the beginning of its name, with as many digits as its prices need. */
function assetOf(file: string, track: readonly TrackPoint[]): Asset {
  const [name = ''] = basename(file).split(/[^A-Za-z0-9]/);
  const at = new Date(track[0]?.atMilliseconds ?? 0).toISOString();
  return assetSchema.parse({
    asset_id: name || 'ASSET',
    symbol: name || 'ASSET',
    name: `Replay of ${basename(file)}`,
    current_price: track[0]?.mid,
    price_scale: Math.max(...new Set(track.map(({ mid }) => decimal(mid).fractionDigits()))),
    created_at: at,
    updated_at: at,
    last_price_update: at,
  });
}
