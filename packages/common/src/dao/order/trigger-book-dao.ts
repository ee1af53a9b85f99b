import { InternalError } from '@cnop/exception/errors';
import type { Page, Position } from '../../core/pagination.ts';
import { sortableSeq } from '../../core/sortable-seq.ts';
import type { AttributeValue, SortKeyRange, TableStore } from '../../database/table-store.ts';
import { MAX_BATCH_GET_ITEMS } from '../../database/table-store.ts';
import type { Order } from '../../entities/order/order.ts';
import type { Book } from '../../entities/order/trigger-place.ts';
import { bookPartition, expiryPartition, sortablePrice } from '../../entities/order/trigger-place.ts';
import { orderRecord } from './order-dao.ts';

/** Sorts behind every id that may follow a price or a time. */
const AFTER_EVERY_ID = '~';
const BOOKS: readonly Book[] = ['ASK_LE', 'BID_LE', 'BID_GE', 'TRAIL'];

/** What an index of waiting orders says of one: enough to go on with, and nothing to decide by. */
export interface BookedOrder {
  readonly orderId: string;
  readonly username: string;
  readonly assetId: string;
}

/** A part of one book; without bounds all of it. */
export interface BookRange {
  readonly assetId: string;
  readonly book: Book;
  readonly limit: number;
  /** The lowest trigger price, inclusive. */
  readonly fromPrice?: string;
  /** The highest trigger price, inclusive. */
  readonly toPrice?: string;
  /** Of trailing stops: the lowest `seq` of the quote of acceptance. */
  readonly fromSeq?: number;
  readonly after?: Position | undefined;
}

export type TriggerBookDao = ReturnType<typeof createTriggerBookDao>;

/** The waiting orders by what they wait for. An index may lag behind, so each order is looked at again before it moves. */
export function createTriggerBookDao(store: TableStore) {
  const read = async (
    index: 'TriggerIndex' | 'OrderExpiryIndex',
    { pk, sk, limit, after }: { pk: string; sk?: SortKeyRange; limit: number; after?: Position | undefined },
  ): Promise<Page<BookedOrder>> => {
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
        orderId: key.pk,
        username: textOf(attributes['username']),
        assetId: textOf(attributes['asset_id']),
      })),
      next: found.next,
    };
  };

  return {
    async getBooked({ assetId, book, limit, after, ...bounds }: BookRange): Promise<Page<BookedOrder>> {
      return read('TriggerIndex', { pk: bookPartition(assetId, book), sk: rangeOf(bounds), limit, after });
    },

    /** Whether no order waits for the price of an asset. */
    async isEmpty(assetId: string): Promise<boolean> {
      const firsts = await Promise.all(
        BOOKS.map((book) => read('TriggerIndex', { pk: bookPartition(assetId, book), limit: 1 })),
      );
      return firsts.every(({ items }) => items.length === 0);
    },

    /** Orders of one shard whose time is over at a moment. */
    async getExpired(
      shard: number,
      {
        at,
        limit,
        after,
      }: { readonly at: string; readonly limit: number; readonly after?: Position | undefined },
    ): Promise<Page<BookedOrder>> {
      const sk = { to: at + AFTER_EVERY_ID };
      return read('OrderExpiryIndex', { pk: expiryPartition(shard), sk, limit, after });
    },

    /** Those of some orders that do wait, as they are stored. */
    async getWaiting(orderIds: readonly string[]): Promise<Order[]> {
      const orders: Order[] = [];
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
}: Pick<BookRange, 'fromPrice' | 'toPrice' | 'fromSeq'>): SortKeyRange {
  if (fromSeq !== undefined) return { from: sortableSeq(fromSeq) };
  return {
    ...(fromPrice !== undefined && { from: sortablePrice(fromPrice) }),
    ...(toPrice !== undefined && { to: sortablePrice(toPrice) + AFTER_EVERY_ID }),
  };
}

/** What an index copies is there in every entry. */
function textOf(value: AttributeValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new InternalError(new Error('an entry of an index of orders lacks what is copied into it'));
}
