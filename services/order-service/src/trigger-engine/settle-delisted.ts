import type { AssetId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Position } from '@cnop/common/core/pagination';
import {
  assetBalanceRecord,
  assetTransactionRecord,
  createAssetBalanceDao,
} from '@cnop/common/dao/asset/position-dao';
import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { settlePosition } from '../domain/filling/settle-position.ts';
import { fundsOf, fundsReads } from '../use-cases/place-order.ts';
import type { EngineParts } from './engine-parts.ts';

/** Positions in one page. */
const PAGE_SIZE = 100;
/**
 * The longest time after a delisting during which an order decided on the earlier state may still be committed. Only a
 * pass that began later may be the last one.
 */
const LAST_PASS_AFTER_MILLISECONDS = 60_000;

type Settling = Pick<
  EngineParts,
  'store' | 'clock' | 'ids' | 'assets' | 'listed' | 'semaphore' | 'log' | 'isClosing'
>;

/**
 * Settles the positions in delisted assets, each in a commit of its own. An interrupted pass resumes where it ended,
 * since a settled position is empty. Marks an asset as settled when a pass leaves no position.
 */
export async function settleDelistedAssets(parts: Settling): Promise<void> {
  for (const asset of await parts.listed.getAssets()) {
    if (asset.status !== 'delisted' || asset.settlement_price === null || asset.settled_at !== null) continue;
    const beganAt = parts.clock.now().getTime();
    const { settled, left } = await settlePositions(parts, asset);
    if (settled > 0) parts.log.info({ asset_id: asset.asset_id, positions: settled }, 'positions settled');
    const isLast = beganAt - Date.parse(asset.delisted_at ?? '') >= LAST_PASS_AFTER_MILLISECONDS;
    if (left === 0 && isLast && !parts.isClosing()) await markSettled(parts, asset);
  }
}

async function settlePositions(
  parts: Settling,
  { asset_id: assetId }: Asset,
): Promise<{ readonly settled: number; readonly left: number }> {
  const holdings = createAssetBalanceDao(parts.store);
  let settled = 0;
  let left = 0;
  let after: Position | undefined;
  do {
    if (parts.isClosing()) return { settled, left: left + 1 };
    const page = await holdings.getAllBalancesForAsset(assetId, { limit: PAGE_SIZE, offset: 0, after });
    const open = page.items.filter(({ quantity }) => quantity !== '0');
    const outcomes = await Promise.all(
      open.map(({ username }) => parts.semaphore.pass(() => trySettling(parts, { username, assetId }))),
    );
    const done = outcomes.filter(Boolean).length;
    settled += done;
    left += open.length - done;
    after = page.next;
  } while (after);
  return { settled, left };
}

interface PositionKey {
  readonly username: Username;
  readonly assetId: AssetId;
}

/** Settles a position. A failure is logged and left to the next pass; it does not stop the others. */
async function trySettling(parts: Settling, position: PositionKey): Promise<boolean> {
  try {
    return await settleOne(parts, position);
  } catch (error) {
    const { username, assetId } = position;
    parts.log.warn(
      { err: error, username, asset_id: assetId },
      'settling a position failed and is tried again',
    );
    return false;
  }
}

async function settleOne(
  { store, clock, ids }: Settling,
  { username, assetId }: PositionKey,
): Promise<boolean> {
  const context = { tradeId: ids.next(), eventId: ids.next(), at: isoTime(clock.now()) };
  const reads = { ...fundsReads(username, assetId), asset: assetRecord.key({ asset_id: assetId }) };
  return store.transact(reads, (items) => {
    const asset = assetRecord.readIfPresent(items.asset);
    const settled = asset && settlePosition(asset, fundsOf(items), context);
    if (!settled) return { writes: [], result: false };
    const { balance, holding, balanceTransaction, assetTransaction, event } = settled;
    return {
      writes: [
        balanceRecord.replace(balance),
        ...(balanceTransaction ? [balanceTransactionRecord.create(balanceTransaction)] : []),
        assetBalanceRecord.replace(holding),
        assetTransactionRecord.create(assetTransaction),
        liveEventRecord.create(event),
      ],
      result: true,
    };
  });
}

async function markSettled({ store, clock, assets }: Settling, { asset_id }: Asset): Promise<void> {
  const settled_at = isoTime(clock.now());
  await store.transact({ asset: assetRecord.key({ asset_id }) }, (items) => {
    const asset = assetRecord.readIfPresent(items.asset);
    return { writes: asset ? [assetRecord.replace({ ...asset, settled_at })] : [], result: undefined };
  });
  assets.invalidate();
}
