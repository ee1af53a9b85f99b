import type { IsoTime } from '@cnop/common/core/brands';
import { knownOrderId } from '@cnop/common/core/brands';
import type { Item, ItemKey } from '@cnop/common/database/table-store';
import { KEYS, TABLE_NAMES } from '@cnop/common/database/tables';
import type { Audit } from './read-everything.ts';
import { everyIndex } from './read-everything.ts';
import { checkConvertedEntries } from './rules/conversions.ts';
import { checkHolding } from './rules/holdings.ts';
import { checkIndexEntries } from './rules/items.ts';
import { checkOrderEvents } from './rules/order-events.ts';
import {
  checkPaymentCash,
  checkPaymentEvents,
  checkPaymentMarker,
  paymentSubject,
} from './rules/payments.ts';
import { checkClientOrder, checkEmailClaim } from './rules/references.ts';
import { checkRefund } from './rules/refunds.ts';
import { checkRewardTransaction, checkStake } from './rules/staking.ts';
import { checkSettlementPayment, checkTrade } from './rules/trades.ts';
import { checkTransfer, checkUnitTransfer } from './rules/transfers.ts';
import {
  clientOrderTopic,
  holdingTopic,
  indexEntryText,
  indexTopic,
  orderEventsTopic,
  orderTopic,
  paymentEventsTopic,
  paymentMarkerTopic,
  paymentTopic,
  stakeTopic,
  statementsOf,
} from './statements.ts';
import type { Kind, Reading, Stored, StoredOf } from './stored-kinds.ts';
import { readItem } from './stored-kinds.ts';
import type { Violation } from './violation.ts';

/** Limit of topics that are kept in memory. A store with more broken items needs several audits. */
const MAX_TOPICS = 20_000;

/** All items and index entries that make statements about one suspect topic. */
interface Group {
  readonly stored: Stored[];
  readonly indexEntries: { readonly key: ItemKey; readonly text: string }[];
}

/**
 * Reads the store a second time, gathers all statements about the topics that the cross-check suspects, and lets the
 * rules name what is wrong. They may find nothing: other topics share the bucket, or the store has changed.
 * @returns whether all of these topics were examined, and not only the first 20,000
 */
export async function explainDifferences({ reader, check, findings, keptSince }: Audit): Promise<boolean> {
  let isComplete = true;
  const groups = new Map<string, Group>();
  const unreadable = new Set<string>();
  const groupOf = (topic: string): Group | undefined => {
    if (!check.isSuspect(topic)) return undefined;
    const known = groups.get(topic);
    if (known) return known;
    if (groups.size === MAX_TOPICS) {
      isComplete = false;
      return undefined;
    }
    const group: Group = { stored: [], indexEntries: [] };
    groups.set(topic, group);
    return group;
  };

  for (const table of TABLE_NAMES) {
    for await (const item of reader.scan(table)) {
      const reading = readItem(item);
      if (reading.outcome !== 'read') {
        for (const topic of topicsOfUnread(item, reading)) unreadable.add(topic);
        continue;
      }
      for (const topic of topicsOf(reading.stored, keptSince)) groupOf(topic)?.stored.push(reading.stored);
    }
  }
  for (const [table, index] of everyIndex()) {
    for await (const { key, entry } of reader.scanIndex(table, index)) {
      groupOf(indexTopic(key))?.indexEntries.push({ key, text: indexEntryText(index, entry) });
    }
  }
  for (const [topic, group] of groups) {
    // The item itself was reported. The statements of others about it may be right.
    if (!unreadable.has(topic)) findings.add(checkTopic(topic, group, keptSince));
  }
  return isComplete;
}

function topicsOf(stored: Stored, keptSince: IsoTime): Set<string> {
  const topics = new Set(statementsOf(stored, keptSince).map(({ topic }) => topic));
  if (stored.kind === 'asset transaction')
    topics.add(holdingTopic(stored.entity.username, stored.entity.asset_id));
  if (stored.kind === 'step of a stake')
    topics.add(stakeTopic(stored.entity.username, stored.entity.asset_id));
  // An order that never completed claims no payment, but a payment or an event may refer to it.
  if (stored.kind === 'order') {
    topics.add(orderTopic(stored.entity.order_id));
    topics.add(orderEventsTopic(stored.entity.order_id));
  }
  // One that ended without cash claims no entry, but an entry, a marker or an event may refer to it.
  if (stored.kind === 'payment') {
    for (const topic of topicsOfPayment(paymentSubject(stored.entity))) topics.add(topic);
  }
  return topics;
}

function topicsOfPayment(subject: string): string[] {
  return [paymentTopic(subject), paymentMarkerTopic(subject), paymentEventsTopic(subject)];
}

/** The topics of an item that cannot be read, as far as its key and its remaining attributes show them. */
function topicsOfUnread({ key, attributes }: Item, reading: Exclude<Reading, { outcome: 'read' }>): string[] {
  const topics = [indexTopic(key)];
  if (reading.outcome !== 'unreadable') return topics;
  if (reading.kind === 'order') {
    topics.push(orderTopic(key.pk), orderEventsTopic(key.pk));
    const { username, client_order_id } = attributes;
    if (typeof username === 'string' && typeof client_order_id === 'string') {
      topics.push(clientOrderTopic(username, client_order_id));
    }
  }
  if (reading.kind === 'holding')
    topics.push(holdingTopic(key.pk, key.sk.replace(KEYS.users.assetBalance.skPrefix, '')));
  if (reading.kind === 'payment') {
    const payment_id = key.sk.replace(KEYS.users.payment.skPrefix, '');
    topics.push(...topicsOfPayment(paymentSubject({ username: key.pk, payment_id })));
  }
  if (reading.kind === 'client order claim') {
    topics.push(clientOrderTopic(key.pk, key.sk.replace(KEYS.users.clientOrder.skPrefix, '')));
  }
  return topics;
}

function checkTopic(topic: string, { stored, indexEntries }: Group, keptSince: IsoTime): Violation[] {
  const [subject, ...names] = topic.split(' ');
  switch (subject) {
    case 'order':
      return checkTrade({
        orderId: knownOrderId(names.join(' ')),
        order: ofKind(stored, 'order')[0],
        payments: ofKind(stored, 'ledger entry'),
        trades: ofKind(stored, 'asset transaction'),
      });
    case 'refund':
      return checkRefund({
        orderId: knownOrderId(names.join(' ')),
        order: ofKind(stored, 'order')[0],
        payments: ofKind(stored, 'ledger entry'),
        trades: ofKind(stored, 'asset transaction'),
      });
    case 'settlement':
      return checkSettlementPayment(ofKind(stored, 'asset transaction'), ofKind(stored, 'ledger entry'));
    case 'conversion':
      return checkConvertedEntries(ofKind(stored, 'conversion')[0], [
        ...ofKind(stored, 'ledger entry'),
        ...ofKind(stored, 'wallet entry'),
      ]);
    case 'transfer':
      return checkTransfer(ofKind(stored, 'ledger entry'));
    case 'stake':
      return checkStake(ofKind(stored, 'stake')[0], ofKind(stored, 'step of a stake'));
    case 'staking-reward':
      return checkRewardTransaction(ofKind(stored, 'step of a stake'), ofKind(stored, 'asset transaction'));
    case 'unit-transfer':
      return checkUnitTransfer(ofKind(stored, 'asset transaction'));
    case 'payment':
      return checkPaymentCash(ofKind(stored, 'payment')[0], ofKind(stored, 'ledger entry'));
    case 'payment-marker':
      return checkPaymentMarker(ofKind(stored, 'payment')[0], [
        ...ofKind(stored, 'due work'),
        ...ofKind(stored, 'waiting payment'),
      ]);
    case 'payment-events':
      return checkPaymentEvents(ofKind(stored, 'payment')[0], ofKind(stored, 'event'), keptSince);
    case 'order-events':
      return checkOrderEvents(ofKind(stored, 'order')[0], ofKind(stored, 'event'), keptSince);
    case 'client-order':
      return checkClientOrder(ofKind(stored, 'order'), ofKind(stored, 'client order claim')[0]);
    case 'e-mail':
      return checkEmailClaim(ofKind(stored, 'user'), ofKind(stored, 'e-mail claim'));
    case 'holding':
      return checkHolding(ofKind(stored, 'holding')[0], ofKind(stored, 'asset transaction'));
    default: {
      const key = stored[0]?.key ?? indexEntries[0]?.key;
      const expected = stored
        .flatMap((one) => statementsOf(one, keptSince))
        .filter((statement) => statement.topic === topic);
      return key
        ? checkIndexEntries(
            key,
            expected.map(({ text }) => text),
            indexEntries.map(({ text }) => text),
          )
        : [];
    }
  }
}

function ofKind<K extends Kind>(stored: readonly Stored[], kind: K): StoredOf<K>[] {
  return stored.filter((one): one is StoredOf<K> => one.kind === kind);
}
