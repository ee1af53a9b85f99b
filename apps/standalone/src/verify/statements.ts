import type { IsoTime } from '@cnop/common/core/brands';
import { decimal, ZERO } from '@cnop/common/core/money';
import type { IndexEntry, IndexedItem, ItemKey } from '@cnop/common/database/table-store';
import type { IndexName } from '@cnop/common/database/tables';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { TransactionType } from '@cnop/common/entities/user/balance-transaction';
import type { CrossCheck } from './cross-check.ts';
import type { ConvertedEntry } from './rules/conversions.ts';
import { convertedText, convertedTextsDue } from './rules/conversions.ts';
import { holdingText } from './rules/holdings.ts';
import { cashMoved, isBuy, movesNoCash, showUsd } from './rules/order-basics.ts';
import { expectedChanges, reportedChange } from './rules/order-events.ts';
import {
  entryDueText,
  entryText,
  eventStepText,
  markedPayment,
  markerKeyOf,
  paymentSubject,
  stepTexts,
} from './rules/payments.ts';
import { rewardText, stakeText } from './rules/staking.ts';
import { debitIdOf, transferText, unitTransferText } from './rules/transfers.ts';
import {
  impliesLegs,
  isRefundType,
  legsDueText,
  legsText,
  movesWithoutCash,
  statesLegs,
} from './rules/two-sides.ts';
import type { Stored, StoredOf } from './stored-kinds.ts';
import { indexesOf } from './stored-kinds.ts';
import { nameOf } from './violation.ts';

// The statements that items make about each other. In a sound store each one is made twice in the same words: one item
// claims it, another one confirms it.

/** The fees of an order without fees. A trade may leave the field out. */
const NO_FEES = '0.00';

/** One statement about a topic, and the side that makes it. */
export interface Statement {
  readonly side: 'claim' | 'confirm';
  readonly topic: string;
  readonly text: string;
}

// The first word of a topic is its kind and contains no blank, so topics of two kinds are never equal.
export const orderTopic = (orderId: string): string => `order ${orderId}`;
const refundTopic = (orderId: string): string => `refund ${orderId}`;
const settlementTopic = (transactionId: string): string => `settlement ${transactionId}`;
const conversionTopic = (username: string, conversionId: string): string =>
  `conversion ${username} ${conversionId}`;
const transferTopic = (debitId: string): string => `transfer ${debitId}`;
const rewardTopic = (transactionId: string): string => `staking-reward ${transactionId}`;
export const stakeTopic = (username: string, assetId: string): string => `stake ${username} ${assetId}`;
const unitTransferTopic = (transactionId: string): string => `unit-transfer ${transactionId}`;
export const paymentTopic = (subject: string): string => `payment ${subject}`;
export const paymentMarkerTopic = (subject: string): string => `payment-marker ${subject}`;
export const paymentEventsTopic = (subject: string): string => `payment-events ${subject}`;
export const orderEventsTopic = (orderId: string): string => `order-events ${orderId}`;
export const clientOrderTopic = (username: string, name: string): string =>
  `client-order ${username} ${name}`;
const emailTopic = (email: string): string => `e-mail ${email}`;
export const holdingTopic = (username: string, assetId: string): string => `holding ${username} ${assetId}`;
export const indexTopic = (key: ItemKey): string => `index ${nameOf(key)}`;

/**
 * Returns the statements of one item, except those that only all trades of a position make together.
 * @param keptSince the moment from which on every event must be there; older events make no statements
 */
export function statementsOf(stored: Stored, keptSince: IsoTime): Statement[] {
  return [...contentStatements(stored, keptSince), ...indexStatements(stored)];
}

/** Confirms the statement of an index entry: the index lists this item. */
export function confirmIndexEntry(check: CrossCheck, index: IndexName, indexed: IndexedItem): void {
  check.confirm(indexTopic(indexed.key), indexEntryText(index, indexed.entry));
}

/** Returns the text of an index entry, as both sides state it. */
export function indexEntryText(index: IndexName, entry: IndexEntry): string {
  return `${index} ${entry.pk} ${entry.sk}`;
}

/** Returns the statements of an item about the entries that indexes must have for it. */
export function indexStatements({ key, rewritten }: Stored): Statement[] {
  const entries = Object.entries(indexesOf(rewritten)) as [IndexName, IndexEntry][];
  return entries.map(([index, entry]) => ({
    side: 'claim',
    topic: indexTopic(key),
    text: indexEntryText(index, entry),
  }));
}

function contentStatements(stored: Stored, keptSince: IsoTime): Statement[] {
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
    case 'payment':
      return paymentClaims(stored, keptSince);
    case 'due work':
    case 'waiting payment': {
      const payment = markedPayment(stored.entity);
      if (!payment) return [];
      const topic = paymentMarkerTopic(paymentSubject(payment));
      return [{ side: 'confirm', topic, text: nameOf(stored.key) }];
    }
    case 'event':
      return eventStatements(stored, keptSince);
    case 'client order claim': {
      const { username, client_order_id, order_id } = stored.entity;
      return [{ side: 'confirm', topic: clientOrderTopic(username, client_order_id), text: order_id }];
    }
    case 'ledger entry': {
      const { entity } = stored;
      if (entity.transaction_type === 'conversion') return [convertedStatement(stored)];
      const paid = entryText(entity);
      if (paid !== undefined) {
        const subject = paymentSubject({ username: entity.username, payment_id: entity.reference_id ?? '' });
        return [{ side: 'confirm', topic: paymentTopic(subject), text: paid }];
      }
      if (entity.transaction_type !== 'transfer') return paymentStatements(stored);
      const side = entity.direction === 'debit' ? 'claim' : 'confirm';
      return [{ side, topic: transferTopic(debitIdOf(entity)), text: transferText(entity) }];
    }
    case 'wallet entry':
      return stored.entity.transaction_type === 'conversion' ? [convertedStatement(stored)] : [];
    case 'conversion': {
      const { username, conversion_id } = stored.entity;
      const topic = conversionTopic(username, conversion_id);
      return convertedTextsDue(stored.entity).map((text) => ({ side: 'claim', topic, text }));
    }
    case 'stake': {
      const { username, asset_id } = stored.entity;
      return [{ side: 'claim', topic: stakeTopic(username, asset_id), text: stakeText(stored.entity) }];
    }
    case 'step of a stake':
      return stepStatements(stored);
    case 'asset transaction': {
      const { entity } = stored;
      if (movesWithoutCash(entity)) return movementStatements(entity);
      const isSettlement = entity.transaction_type === 'settlement';
      return [
        ...(isSettlement ? settlementStatements(stored) : [tradeStatement(stored)]),
        ...(impliesLegs(stored)
          ? [{ side: 'claim', topic: movementTopic(entity), text: `legs ${legsDueText(entity)}` } as const]
          : []),
      ];
    }
    default:
      return [];
  }
}

function eventStatements({ entity }: StoredOf<'event'>, keptSince: IsoTime): Statement[] {
  const { username, data } = entity;
  const step = eventStepText(entity, keptSince);
  if (data.payment && step !== undefined) {
    const topic = paymentEventsTopic(paymentSubject({ username, ...data.payment }));
    return [{ side: 'confirm', topic, text: step }];
  }
  const text = reportedChange(entity, keptSince);
  if (!data.order || text === undefined) return [];
  return [{ side: 'confirm', topic: orderEventsTopic(data.order.order_id), text }];
}

function stepStatements({ entity }: StoredOf<'step of a stake'>): Statement[] {
  const { transaction_id } = entity;
  if (transaction_id === null) return [];
  return [{ side: 'claim', topic: rewardTopic(transaction_id), text: rewardText(entity) }];
}

/** Confirms one side of a conversion. */
function convertedStatement(stored: ConvertedEntry): Statement {
  const { username, reference_id } = stored.entity;
  const topic = conversionTopic(username, reference_id ?? '');
  return { side: 'confirm', topic, text: convertedText(stored) };
}

/** The topics of the ledger entries that pay for a trade, by the reference of the entry. */
const PAYMENT_TOPICS: Partial<Readonly<Record<TransactionType, (reference: string) => string>>> = {
  order_payment: orderTopic,
  order_refund: refundTopic,
  settlement: settlementTopic,
};

/** Confirms the cash of a trade, refund or settlement, and its other side. Other entries refer to nothing. */
function paymentStatements(stored: StoredOf<'ledger entry'>): Statement[] {
  const { transaction_type, reference_id, username, direction, amount, legs } = stored.entity;
  const topicOf = PAYMENT_TOPICS[transaction_type];
  if (!topicOf) return [];
  const isSettlement = transaction_type === 'settlement';
  const topic = topicOf(reference_id ?? '');
  const text = [...(isSettlement ? [] : ['cash']), username, direction, amount].join(' ');
  return [
    { side: 'confirm', topic, text },
    ...(statesLegs(stored) ? [{ side: 'confirm', topic, text: `legs ${legsText(legs)}` } as const] : []),
  ];
}

function movementTopic(transaction: AssetTransaction): string {
  const { transaction_type, transaction_id, order_id } = transaction;
  if (transaction_type === 'settlement') return settlementTopic(transaction_id);
  return isRefundType(transaction) ? refundTopic(order_id ?? '') : orderTopic(order_id ?? '');
}

/** Both sides of a transfer of units state the same. Other movements have their other side outside of the platform. */
function movementStatements(entity: AssetTransaction): Statement[] {
  if (entity.transaction_type === 'staking')
    return [{ side: 'confirm', topic: rewardTopic(entity.transaction_id), text: rewardText(entity) }];
  if (entity.transaction_type !== 'transfer') return [];
  const side = entity.direction === 'out' ? 'claim' : 'confirm';
  return [{ side, topic: unitTransferTopic(entity.transaction_id), text: unitTransferText(entity) }];
}

function paymentClaims({ entity }: StoredOf<'payment'>, keptSince: IsoTime): Statement[] {
  const subject = paymentSubject(entity);
  const entry = entryDueText(entity);
  const marker = markerKeyOf(entity);
  const claim = (topic: string, text: string): Statement => ({ side: 'claim', topic, text });
  return [
    ...(entry === undefined ? [] : [claim(paymentTopic(subject), entry)]),
    ...(marker ? [claim(paymentMarkerTopic(subject), nameOf(marker))] : []),
    ...stepTexts(entity, keptSince).map((text) => claim(paymentEventsTopic(subject), text)),
  ];
}

/** A settlement of less than a cent has no ledger entry. */
function settlementStatements({ entity }: StoredOf<'asset transaction'>): Statement[] {
  const { transaction_id, username, total_amount } = entity;
  if (decimal(total_amount).eq('0')) return [];
  const text = [username, 'credit', total_amount].join(' ');
  return [{ side: 'claim', topic: settlementTopic(transaction_id), text }];
}

function tradeStatement({ entity }: StoredOf<'asset transaction'>): Statement {
  const { username, asset_id, transaction_type, quantity, price, total_amount, fees } = entity;
  const what = ['asset', username, asset_id, transaction_type, quantity, price, total_amount];
  return { side: 'confirm', topic: movementTopic(entity), text: [...what, fees ?? NO_FEES].join(' ') };
}

function orderStatements(stored: StoredOf<'order'>, keptSince: IsoTime): Statement[] {
  const { order_id, username, client_order_id, status } = stored.entity;
  const claims = expectedChanges(stored, keptSince).map(
    (text): Statement => ({
      side: 'claim',
      topic: orderEventsTopic(order_id),
      text,
    }),
  );
  if (client_order_id !== null) {
    claims.push({ side: 'claim', topic: clientOrderTopic(username, client_order_id), text: order_id });
  }
  return status === 'completed'
    ? [...claims, ...completedOrderStatements(stored.entity), ...refundStatements(stored.entity)]
    : claims;
}

function completedOrderStatements(order: OrderDocument): Statement[] {
  const { order_id, username, asset_id, order_type, quantity, executed_price, total_amount, fees } = order;
  const topic = orderTopic(order_id);
  const buys = isBuy(order_type);
  const cash = showUsd(cashMoved(order_type, total_amount === null ? ZERO : decimal(total_amount), fees));
  const trade = [username, asset_id, buys ? 'buy' : 'sell', quantity, executed_price, total_amount, fees];
  const cashText = ['cash', username, buys ? 'debit' : 'credit', cash].join(' ');
  return [
    ...(movesNoCash(order) ? [] : [{ side: 'claim', topic, text: cashText } as const]),
    { side: 'claim', topic, text: ['asset', ...trade].join(' ') },
  ];
}

/** Claims the ledger entry and the asset transaction of a refund. */
function refundStatements(order: OrderDocument): Statement[] {
  const { order_id, username, asset_id, order_type, executed_price, refund } = order;
  if (!refund) return [];
  const { quantity, total_amount, fees } = refund;
  const topic = refundTopic(order_id);
  const buys = isBuy(order_type);
  const cash = showUsd(cashMoved(order_type, decimal(total_amount), fees));
  const type = buys ? 'buy_refund' : 'sell_refund';
  const asset = ['asset', username, asset_id, type, quantity, executed_price, total_amount, fees];
  return [
    { side: 'claim', topic, text: ['cash', username, buys ? 'credit' : 'debit', cash].join(' ') },
    { side: 'claim', topic, text: asset.join(' ') },
  ];
}
