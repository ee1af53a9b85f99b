import { InternalError } from '@cnop/exception/errors';
import type { AssetId, IsoTime, OrderId, Price, Username } from '../../core/brands.ts';
import { knownAssetId, knownOrderId, knownUsername } from '../../core/brands.ts';
import type { Page, Position } from '../../core/pagination.ts';
import type { AttributeValue, SortKeyRange, TableStore } from '../../database/table-store.ts';
import { MAX_BATCH_GET_ITEMS } from '../../database/table-store.ts';
import {
  AFTER_EVERY_ID,
  EXPIRY_SHARDS,
  expiryPartition,
  sortablePrice,
  sortableSeq,
  triggerPartition,
} from '../../database/tables.ts';
import type { OpenOrder } from '../../entities/order/order.ts';
import type { TriggerKind } from '../../entities/order/order-document.ts';
import { TRIGGER_KINDS } from '../../entities/order/order-document.ts';
import { orderRecord } from './order-dao.ts';

/** An open order in an index. An index may lag, so decisions are made on the stored order alone. */
export interface IndexedOrder {
  readonly orderId: OrderId;
  readonly username: Username;
  readonly assetId: AssetId;
}

/** A range of the trigger index: open orders of one kind of trigger, optionally between bounds. */
export interface TriggerRange {
  readonly assetId: AssetId;
  readonly kind: TriggerKind;
  readonly limit: number;
  /** The lowest trigger price, inclusive. */
  readonly fromPrice?: Price;
  /** The highest trigger price, inclusive. */
  readonly toPrice?: Price;
  /** For trailing stops: the lowest `seq` of the quote at acceptance, inclusive. */
  readonly fromSeq?: number;
  readonly after?: Position | undefined;
}

export type TriggerIndexDao = ReturnType<typeof createTriggerIndexDao>;

/** Creates the DAO of the trigger index and the expiry index: open orders by trigger price and by expiry. */
export function createTriggerIndexDao(store: TableStore) {
  const read = async (
    index: 'TriggerIndex' | 'OrderExpiryIndex',
    { pk, sk, limit, after }: { pk: string; sk?: SortKeyRange; limit: number; after?: Position | undefined },
  ): Promise<Page<IndexedOrder>> => {
    const found = await store.query({
      table: 'orders',
      index,
      pk,
      ...(sk && { sk }),
      order: 'ascending',
      limit,
      after,
    });
    return {
      items: found.items.map(({ key, attributes }) => ({
        orderId: knownOrderId(key.pk),
        username: knownUsername(textOf(attributes['username'])),
        assetId: knownAssetId(textOf(attributes['asset_id'])),
      })),
      next: found.next,
    };
  };

  return {
    /** Returns the open orders in a range, by trigger price. */
    async getOrders({ assetId, kind, limit, after, ...bounds }: TriggerRange): Promise<Page<IndexedOrder>> {
      return read('TriggerIndex', { pk: triggerPartition(assetId, kind), sk: rangeOf(bounds), limit, after });
    },

    /** Returns whether an asset has no open orders. */
    async isEmpty(assetId: AssetId): Promise<boolean> {
      const firsts = await Promise.all(
        TRIGGER_KINDS.map((kind) => read('TriggerIndex', { pk: triggerPartition(assetId, kind), limit: 1 })),
      );
      return firsts.every(({ items }) => items.length === 0);
    },

    /** Returns whether any order of any asset is open: every open order has an expiry. */
    async hasOpenOrders(): Promise<boolean> {
      const shards = Array.from({ length: EXPIRY_SHARDS }, (_, shard) => expiryPartition(shard));
      const firsts = await Promise.all(shards.map((pk) => read('OrderExpiryIndex', { pk, limit: 1 })));
      return firsts.some(({ items }) => items.length > 0);
    },

    /** Returns the open orders of one shard that have expired at a time. */
    async getExpired(
      shard: number,
      {
        at,
        limit,
        after,
      }: { readonly at: IsoTime; readonly limit: number; readonly after?: Position | undefined },
    ): Promise<Page<IndexedOrder>> {
      const sk = { to: at + AFTER_EVERY_ID };
      return read('OrderExpiryIndex', { pk: expiryPartition(shard), sk, limit, after });
    },

    /** Returns those of the orders that are still open, as they are stored. */
    async getOpen(orderIds: readonly OrderId[]): Promise<OpenOrder[]> {
      const orders: OpenOrder[] = [];
      for (let start = 0; start < orderIds.length; start += MAX_BATCH_GET_ITEMS) {
        const batch = orderIds.slice(start, start + MAX_BATCH_GET_ITEMS);
        const items = await store.batchGet(batch.map((order_id) => orderRecord.key({ order_id })));
        for (const item of items) {
          const order = orderRecord.readIfPresent(item);
          if (order?.status === 'queued') orders.push(order);
        }
      }
      return orders;
    },
  };
}

function rangeOf({
  fromPrice,
  toPrice,
  fromSeq,
}: Pick<TriggerRange, 'fromPrice' | 'toPrice' | 'fromSeq'>): SortKeyRange {
  if (fromSeq !== undefined) return { from: sortableSeq(fromSeq) };
  return {
    ...(fromPrice !== undefined && { from: sortablePrice(fromPrice) }),
    ...(toPrice !== undefined && { to: sortablePrice(toPrice) + AFTER_EVERY_ID }),
  };
}

/** @throws InternalError when an index entry lacks an attribute that the index copies */
function textOf(value: AttributeValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new InternalError(new Error('an entry of an index of orders lacks a copied attribute'));
}
