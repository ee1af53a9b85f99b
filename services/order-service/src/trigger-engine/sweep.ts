import type { AssetId, OrderId } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { EXPIRY_SHARDS } from '@cnop/common/database/tables';
import type { TriggerKind } from '@cnop/common/entities/order/order-document';
import { ASSET_STATES } from '@cnop/common/trading/permissions';
import { expireOrder, withdrawOrder } from '../use-cases/change-open-order.ts';
import type { EngineParts, Tally } from './engine-parts.ts';
import { changeEachOrder, PAGE_SIZE } from './engine-parts.ts';

const TRIGGER_KINDS: readonly TriggerKind[] = ['ASK_LE', 'BID_LE', 'BID_GE', 'TRAIL'];
/** The index ranges of open buy orders. */
const BUY_TRIGGER_KINDS: readonly TriggerKind[] = ['ASK_LE'];

/** Called for an order that ended, to drop it from memory. */
export type OnEnded = (assetId: AssetId, orderId: OrderId) => void;

/** Expires the open orders past their expiry. */
export async function expireOrders(parts: EngineParts, onEnded: OnEnded): Promise<void> {
  const at = isoTime(parts.clock.now());
  const shards = Array.from({ length: EXPIRY_SHARDS }, (_, shard) => shard);
  const tallies = await Promise.all(
    shards.map((shard) =>
      changeEachOrder(
        parts,
        (after) => parts.triggerIndex.getExpired(shard, { at, limit: PAGE_SIZE, after }),
        async (order) => {
          const expired = await expireOrder(parts, order);
          if (!expired) return 'unchanged';
          onEnded(order.assetId, order.orderId);
          return 'changed';
        },
      ),
    ),
  );
  report(parts, tallies, 'orders expired');
}

/**
 * Cancels the open orders that the state of their asset rules out: all of a delisted asset, and the buys of an asset
 * that can only be sold.
 */
export async function withdrawOrders(parts: EngineParts, onEnded: OnEnded): Promise<void> {
  for (const { asset_id: assetId, status } of await parts.listed.getAssets()) {
    const { platformCancels } = ASSET_STATES[status];
    if (platformCancels === 'none') continue;
    const isAll = platformCancels === 'all';
    const reason = isAll ? `${assetId} is delisted` : `${assetId} can only be sold`;
    for (const kind of isAll ? TRIGGER_KINDS : BUY_TRIGGER_KINDS) {
      const tally = await changeEachOrder(
        parts,
        (after) => parts.triggerIndex.getOrders({ assetId, kind, limit: PAGE_SIZE, after }),
        async (order) => {
          const withdrawn = await withdrawOrder(parts, order, reason);
          if (!withdrawn) return 'unchanged';
          onEnded(assetId, order.orderId);
          return 'changed';
        },
      );
      report(parts, [tally], reason);
    }
  }
}

function report({ log }: EngineParts, tallies: readonly Tally[], message: string): void {
  const orders = tallies.reduce((sum, { changed }) => sum + changed, 0);
  if (orders > 0) log.info({ orders }, message);
}
