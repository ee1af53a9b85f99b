import type { Item, ItemKey } from '@cnop/common/database/table-store';
import { TABLE_NAMES } from '@cnop/common/database/tables';
import type { Audit } from './read-everything.ts';
import { everyIndex } from './read-everything.ts';
import { checkClientOrder } from './rules/client-order.ts';
import { checkEmailClaim } from './rules/email-claim.ts';
import { checkHolding } from './rules/holding.ts';
import { checkPlaces } from './rules/index-places.ts';
import { checkOrderEvents } from './rules/order-events.ts';
import { checkSettlementPayment } from './rules/settlement.ts';
import { checkTrade } from './rules/trade.ts';
import {
  clientOrderTopic,
  holdingTopic,
  orderEventsTopic,
  orderTopic,
  placesTopic,
  placeText,
  statementsOf,
} from './statements.ts';
import type { Kind, Reading, Stored, StoredOf } from './stored-kinds.ts';
import { CLIENT_ORDER_PREFIX, readItem } from './stored-kinds.ts';
import type { Violation } from './violation.ts';

/** What is kept at once of the second reading. Who has more broken items than these mends them in rounds. */
const MAX_TOPICS = 20_000;

/** Everything that was said about one suspect topic. */
interface Group {
  readonly stored: Stored[];
  /** Lines of indexes. */
  readonly lines: { readonly key: ItemKey; readonly place: string }[];
}

/**
 * The second reading: gathers everything that was said about the topics which did not come out even, and lets the
 * rules say what is wrong. They may find nothing: other topics share the bucket, or the store has changed.
 */
export async function explainDifferences({ reader, check, findings, keptSince }: Audit): Promise<void> {
  const groups = new Map<string, Group>();
  const unreadable = new Set<string>();
  const groupOf = (topic: string): Group | undefined => {
    if (!check.isSuspect(topic)) return undefined;
    const known = groups.get(topic);
    if (known || groups.size === MAX_TOPICS) return known;
    const group: Group = { stored: [], lines: [] };
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
      groupOf(placesTopic(key))?.lines.push({ key, place: placeText(index, entry) });
    }
  }
  for (const [topic, group] of groups) {
    // The item itself was reported. What others say about it may well be right.
    if (!unreadable.has(topic)) findings.add(judge(topic, group, keptSince));
  }
}

function topicsOf(stored: Stored, keptSince: string): Set<string> {
  const topics = new Set(statementsOf(stored, keptSince).map(({ topic }) => topic));
  if (stored.kind === 'asset transaction')
    topics.add(holdingTopic(stored.entity.username, stored.entity.asset_id));
  // An order that never completed says nothing of payments, but they may speak of it; so may events.
  if (stored.kind === 'order') {
    topics.add(orderTopic(stored.entity.order_id));
    topics.add(orderEventsTopic(stored.entity.order_id));
  }
  return topics;
}

/** What an item that cannot be read would have spoken of, as far as its key tells, or what is left of it. */
function topicsOfUnread({ key, attributes }: Item, reading: Exclude<Reading, { outcome: 'read' }>): string[] {
  const topics = [placesTopic(key)];
  if (reading.outcome !== 'unreadable') return topics;
  if (reading.kind === 'order') {
    topics.push(orderTopic(key.pk), orderEventsTopic(key.pk));
    const { username, client_order_id } = attributes;
    if (typeof username === 'string' && typeof client_order_id === 'string') {
      topics.push(clientOrderTopic(username, client_order_id));
    }
  }
  if (reading.kind === 'holding') topics.push(holdingTopic(key.pk, key.sk.replace('ASSET#', '')));
  if (reading.kind === 'client order claim') {
    topics.push(clientOrderTopic(key.pk, key.sk.replace(CLIENT_ORDER_PREFIX, '')));
  }
  return topics;
}

function judge(topic: string, { stored, lines }: Group, keptSince: string): Violation[] {
  const [subject, ...names] = topic.split(' ');
  switch (subject) {
    case 'order':
      return checkTrade({
        orderId: names.join(' '),
        order: ofKind(stored, 'order')[0],
        payments: ofKind(stored, 'ledger entry'),
        trades: ofKind(stored, 'asset transaction'),
      });
    case 'settlement':
      return checkSettlementPayment(ofKind(stored, 'asset transaction'), ofKind(stored, 'ledger entry'));
    case 'order-events':
      return checkOrderEvents(ofKind(stored, 'order')[0], ofKind(stored, 'event'), keptSince);
    case 'client-order':
      return checkClientOrder(ofKind(stored, 'order'), ofKind(stored, 'client order claim')[0]);
    case 'e-mail':
      return checkEmailClaim(ofKind(stored, 'user'), ofKind(stored, 'e-mail claim'));
    case 'holding':
      return checkHolding(ofKind(stored, 'holding')[0], ofKind(stored, 'asset transaction'));
    default: {
      const key = stored[0]?.key ?? lines[0]?.key;
      const expected = stored
        .flatMap((one) => statementsOf(one, keptSince))
        .filter((statement) => statement.topic === topic);
      return key
        ? checkPlaces(
            key,
            expected.map(({ text }) => text),
            lines.map(({ place }) => place),
          )
        : [];
    }
  }
}

function ofKind<K extends Kind>(stored: readonly Stored[], kind: K): StoredOf<K>[] {
  return stored.filter((one): one is StoredOf<K> => one.kind === kind);
}
