import { decimal, ZERO } from '@cnop/common/core/money';
import type { IndexEntry, IndexedItem, ItemKey } from '@cnop/common/database/table-store';
import type { IndexName } from '@cnop/common/database/tables';
import type { Order } from '@cnop/common/entities/order/order';
import type { CrossCheck } from './cross-check.ts';
import { holdingText } from './rules/holding.ts';
import { eventsDue, eventTold } from './rules/order-events.ts';
import { cashOf, isBuy, movesNoCash } from './rules/order-sides.ts';
import { showUsd } from './rules/show-usd.ts';
import type { Stored, StoredOf } from './stored-kinds.ts';
import { indexesOf } from './stored-kinds.ts';
import { nameOf } from './violation.ts';

// What one item says about others. Whatever is said here is said twice in a sound store: claimed by one item and
// confirmed by another, in the same words.

/** How an order writes that it cost nothing; a trade may leave it out. */
const NO_FEES = '0.00';

export interface Statement {
  readonly side: 'claim' | 'confirm';
  readonly topic: string;
  readonly text: string;
}

/** A kind of topic never contains a blank, so that no two of them share a name. */
export const orderTopic = (orderId: string): string => `order ${orderId}`;
const settlementTopic = (transactionId: string): string => `settlement ${transactionId}`;
export const orderEventsTopic = (orderId: string): string => `order-events ${orderId}`;
export const clientOrderTopic = (username: string, name: string): string =>
  `client-order ${username} ${name}`;
const emailTopic = (email: string): string => `e-mail ${email}`;
export const holdingTopic = (username: string, assetId: string): string => `holding ${username} ${assetId}`;
export const placesTopic = (key: ItemKey): string => `places ${nameOf(key)}`;

/**
 * The statements of one item, but for those that only all trades in an asset make together.
 * @param keptSince from when on every event must be there: of older ones nobody speaks
 */
export function statementsOf(stored: Stored, keptSince: string): Statement[] {
  return [...contentStatements(stored, keptSince), ...placesOf(stored)];
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

function contentStatements(stored: Stored, keptSince: string): Statement[] {
  switch (stored.kind) {
    case 'user':
      return [{ side: 'claim', topic: emailTopic(stored.entity.email), text: stored.entity.username }];
    case 'e-mail claim':
      return [{ side: 'confirm', topic: emailTopic(stored.entity.email), text: stored.entity.username }];
    case 'holding': {
      const { username, asset_id } = stored.entity;
      const text = holdingText(stored.entity);
      return [{ side: 'claim', topic: holdingTopic(username, asset_id), text }];
    }
    case 'order':
      return orderStatements(stored, keptSince);
    case 'event': {
      const order = stored.entity.data.order;
      const text = eventTold(stored.entity, keptSince);
      if (!order || text === undefined) return [];
      return [{ side: 'confirm', topic: orderEventsTopic(order.order_id), text }];
    }
    case 'client order claim': {
      const { username, client_order_id, order_id } = stored.entity;
      return [{ side: 'confirm', topic: clientOrderTopic(username, client_order_id), text: order_id }];
    }
    case 'ledger entry': {
      const { transaction_type, reference_id, username, direction, amount } = stored.entity;
      if (transaction_type === 'settlement') {
        const topic = settlementTopic(reference_id ?? '');
        return [{ side: 'confirm', topic, text: [username, direction, amount].join(' ') }];
      }
      if (transaction_type !== 'order_payment') return [];
      return [
        {
          side: 'confirm',
          topic: orderTopic(reference_id ?? ''),
          text: ['cash', username, direction, amount].join(' '),
        },
      ];
    }
    case 'asset transaction':
      return stored.entity.transaction_type === 'settlement'
        ? settlementStatements(stored)
        : [tradeStatement(stored)];
    default:
      return [];
  }
}

/** A settlement that moves no cent has no ledger entry. */
function settlementStatements({ entity }: StoredOf<'asset transaction'>): Statement[] {
  const { transaction_id, username, total_amount } = entity;
  if (decimal(total_amount).eq('0')) return [];
  const text = [username, 'credit', total_amount].join(' ');
  return [{ side: 'claim', topic: settlementTopic(transaction_id), text }];
}

function tradeStatement({ entity }: StoredOf<'asset transaction'>): Statement {
  const { order_id, username, asset_id, transaction_type, quantity, price, total_amount, fees } = entity;
  const what = ['asset', username, asset_id, transaction_type, quantity, price, total_amount];
  return { side: 'confirm', topic: orderTopic(order_id ?? ''), text: [...what, fees ?? NO_FEES].join(' ') };
}

function orderStatements(stored: StoredOf<'order'>, keptSince: string): Statement[] {
  const { order_id, username, client_order_id, status } = stored.entity;
  const claims = eventsDue(stored, keptSince).map(
    (text): Statement => ({
      side: 'claim',
      topic: orderEventsTopic(order_id),
      text,
    }),
  );
  if (client_order_id !== null) {
    claims.push({ side: 'claim', topic: clientOrderTopic(username, client_order_id), text: order_id });
  }
  return status === 'completed' ? [...claims, ...completedOrderStatements(stored.entity)] : claims;
}

function completedOrderStatements(order: Order): Statement[] {
  const { order_id, username, asset_id, order_type, quantity, executed_price, total_amount, fees } = order;
  const topic = orderTopic(order_id);
  const buys = isBuy(order_type);
  const cash = showUsd(cashOf(order_type, total_amount === null ? ZERO : decimal(total_amount), fees));
  const trade = [username, asset_id, buys ? 'buy' : 'sell', quantity, executed_price, total_amount, fees];
  const cashText = ['cash', username, buys ? 'debit' : 'credit', cash].join(' ');
  return [
    ...(movesNoCash(order) ? [] : [{ side: 'claim', topic, text: cashText } as const]),
    { side: 'claim', topic, text: ['asset', ...trade].join(' ') },
  ];
}
