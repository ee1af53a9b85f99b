import type { ItemKey } from '@cnop/common/database/table-store';
import { TABLE_NAMES } from '@cnop/common/database/tables';
import type { Audit } from './read-everything.ts';
import { everyIndex } from './read-everything.ts';
import { checkEmailClaim } from './rules/email-claim.ts';
import { checkHoldingQuantity } from './rules/holding.ts';
import { checkPlaces } from './rules/index-places.ts';
import { checkTrade } from './rules/trade.ts';
import { holdingTopic, orderTopic, placesTopic, placeText, statementsOf } from './statements.ts';
import type { Kind, Reading, Stored, StoredOf } from './stored-kinds.ts';
import { readItem } from './stored-kinds.ts';
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
export async function explainDifferences({ reader, check, findings }: Audit): Promise<void> {
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
        for (const topic of topicsOfUnread(item.key, reading)) unreadable.add(topic);
        continue;
      }
      for (const topic of topicsOf(reading.stored)) groupOf(topic)?.stored.push(reading.stored);
    }
  }
  for (const [table, index] of everyIndex()) {
    for await (const { key, entry } of reader.scanIndex(table, index)) {
      groupOf(placesTopic(key))?.lines.push({ key, place: placeText(index, entry) });
    }
  }
  for (const [topic, group] of groups) {
    // The item itself was reported. What others say about it may well be right.
    if (!unreadable.has(topic)) findings.add(judge(topic, group));
  }
}

function topicsOf(stored: Stored): Set<string> {
  const topics = new Set(statementsOf(stored).map(({ topic }) => topic));
  if (stored.kind === 'asset transaction')
    topics.add(holdingTopic(stored.entity.username, stored.entity.asset_id));
  // An order that never completed says nothing of payments, but they may speak of it.
  if (stored.kind === 'order') topics.add(orderTopic(stored.entity.order_id));
  return topics;
}

/** What an item that cannot be read would have spoken of, as far as its key tells. */
function topicsOfUnread(key: ItemKey, reading: Exclude<Reading, { outcome: 'read' }>): string[] {
  const topics = [placesTopic(key)];
  if (reading.outcome === 'unreadable') {
    if (reading.kind === 'order') topics.push(orderTopic(key.pk));
    if (reading.kind === 'holding') topics.push(holdingTopic(key.pk, key.sk.replace('ASSET#', '')));
  }
  return topics;
}

function judge(topic: string, { stored, lines }: Group): Violation[] {
  const [subject, ...names] = topic.split(' ');
  switch (subject) {
    case 'order':
      return checkTrade({
        orderId: names.join(' '),
        order: ofKind(stored, 'order')[0],
        payments: ofKind(stored, 'ledger entry'),
        trades: ofKind(stored, 'asset transaction'),
      });
    case 'e-mail':
      return checkEmailClaim(ofKind(stored, 'user'), ofKind(stored, 'e-mail claim'));
    case 'holding':
      return checkHoldingQuantity(ofKind(stored, 'holding')[0], ofKind(stored, 'asset transaction'));
    default: {
      const key = stored[0]?.key ?? lines[0]?.key;
      const expected = stored.flatMap(statementsOf).filter((statement) => statement.topic === topic);
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
