import { EXPIRY_SHARDS } from '@cnop/common/database/keys';
import type { TriggerKind } from '@cnop/common/entities/order/order';
import { ASSET_STATES } from '@cnop/common/trading/asset-states';
import { expireOrder } from '../use-cases/expire-order.ts';
import { withdrawOrder } from '../use-cases/withdraw-order.ts';
import type { EngineParts } from './dependencies.ts';
import type { Tally } from './each-indexed-order.ts';
import { eachIndexedOrder, PAGE_SIZE } from './each-indexed-order.ts';

const TRIGGER_KINDS: readonly TriggerKind[] = ['ASK_LE', 'BID_LE', 'BID_GE', 'TRAIL'];
/** Where orders wait that buy. */
const BUY_TRIGGER_KINDS: readonly TriggerKind[] = ['ASK_LE'];

/** Told of an order that was ended, for what is kept of it in memory. */
export type OnEnded = (assetId: string, orderId: string) => void;

/** Ends the orders whose time is over. */
export async function expireOrders(parts: EngineParts, onEnded: OnEnded): Promise<void> {
  const at = parts.clock.now().toISOString();
  const shards = Array.from({ length: EXPIRY_SHARDS }, (_, shard) => shard);
  const tallies = await Promise.all(
    shards.map((shard) =>
      eachIndexedOrder(
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

/** Cancels the open orders that the state of their asset rules out: all of a delisted one, buys where only sales are open. */
export async function withdrawOrders(parts: EngineParts, onEnded: OnEnded): Promise<void> {
  for (const { asset_id: assetId, status } of await parts.assets.getAssets()) {
    const { platformCancels } = ASSET_STATES[status];
    if (platformCancels === 'none') continue;
    const isAll = platformCancels === 'all';
    const reason = isAll ? `${assetId} is delisted` : `${assetId} can only be sold`;
    for (const kind of isAll ? TRIGGER_KINDS : BUY_TRIGGER_KINDS) {
      const tally = await eachIndexedOrder(
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
