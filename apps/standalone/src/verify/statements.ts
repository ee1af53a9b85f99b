import type { IndexEntry, IndexedItem, ItemKey } from '@cnop/common/database/table-store';
import type { IndexName } from '@cnop/common/database/tables';
import type { Order } from '@cnop/common/entities/order/order';
import type { CrossCheck } from './cross-check.ts';
import { isBuy } from './rules/order-sides.ts';
import type { Stored } from './stored-kinds.ts';
import { indexesOf } from './stored-kinds.ts';
import { nameOf } from './violation.ts';

// What one item says about others. Whatever is said here is said twice in a sound store: claimed by one item and
// confirmed by another, in the same words.

export interface Statement {
  readonly side: 'claim' | 'confirm';
  readonly topic: string;
  readonly text: string;
}

/** A kind of topic never contains a blank, so that no two of them share a name. */
export const orderTopic = (orderId: string): string => `order ${orderId}`;
const emailTopic = (email: string): string => `e-mail ${email}`;
export const holdingTopic = (username: string, assetId: string): string => `holding ${username} ${assetId}`;
export const placesTopic = (key: ItemKey): string => `places ${nameOf(key)}`;

/** The statements of one item, but for those that only all trades in an asset make together. */
export function statementsOf(stored: Stored): Statement[] {
  return [...contentStatements(stored), ...placesOf(stored)];
}

/** What a line of an index says: that an item stands there. */
export function confirmPlace(check: CrossCheck, index: IndexName, line: IndexedItem): void {
  check.confirm(placesTopic(line.key), placeText(index, line.entry));
}

export function placeText(index: IndexName, entry: IndexEntry): string {
  return `${index} ${entry.pk} ${entry.sk}`;
}

function placesOf({ key, rewritten }: Stored): Statement[] {
  const entries = Object.entries(indexesOf(rewritten)) as [IndexName, IndexEntry][];
  return entries.map(([index, entry]) => ({
    side: 'claim',
    topic: placesTopic(key),
    text: placeText(index, entry),
  }));
}

function contentStatements(stored: Stored): Statement[] {
  switch (stored.kind) {
    case 'user':
      return [{ side: 'claim', topic: emailTopic(stored.entity.email), text: stored.entity.username }];
    case 'e-mail claim':
      return [{ side: 'confirm', topic: emailTopic(stored.entity.email), text: stored.entity.username }];
    case 'holding': {
      const { username, asset_id, quantity } = stored.entity;
      return [{ side: 'claim', topic: holdingTopic(username, asset_id), text: quantity }];
    }
    case 'order':
      return stored.entity.status === 'completed' ? completedOrderStatements(stored.entity) : [];
    case 'ledger entry': {
      const { transaction_type, reference_id, username, direction, amount } = stored.entity;
      if (transaction_type !== 'order_payment') return [];
      return [
        {
          side: 'confirm',
          topic: orderTopic(reference_id ?? ''),
          text: ['cash', username, direction, amount].join(' '),
        },
      ];
    }
    case 'asset transaction': {
      const { order_id, username, asset_id, transaction_type, quantity, price, total_amount } = stored.entity;
      const text = ['asset', username, asset_id, transaction_type, quantity, price, total_amount].join(' ');
      return [{ side: 'confirm', topic: orderTopic(order_id), text }];
    }
    default:
      return [];
  }
}

function completedOrderStatements(order: Order): Statement[] {
  const { order_id, username, asset_id, quantity, price, total_amount } = order;
  const topic = orderTopic(order_id);
  const buys = isBuy(order.order_type);
  return [
    { side: 'claim', topic, text: ['cash', username, buys ? 'debit' : 'credit', total_amount].join(' ') },
    {
      side: 'claim',
      topic,
      text: ['asset', username, asset_id, buys ? 'buy' : 'sell', quantity, price, total_amount].join(' '),
    },
  ];
}
