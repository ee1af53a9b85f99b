import type { Page } from '../../core/pagination.ts';
import type { Item, ItemContent, ItemKey, Query } from '../table-store.ts';
import type { IndexName } from '../tables.ts';
import type { Connection } from './connection.ts';
import type { StoredItem } from './item-codec.ts';
import { indexSortKey, textOf } from './item-codec.ts';
import type { IndexShards } from './options.ts';
import type { StoredPage } from './query.ts';
import { queryPartition, toPage } from './query.ts';
import type { Deadline } from './retry.ts';

// One partition of an index takes 1,000 write units a second. An index whose partitions may get hotter is spread over
// shards: the partition `BTC#ASK_LE` and, with more than one shard, `BTC#ASK_LE~1`, `BTC#ASK_LE~2` and so on. The first
// shard has the plain key, so one shard stores what it always did. Nothing above the adapter knows about shards.

const SHARD_SEPARATOR = '~';
const SHARD_SUFFIX = /~\d+$/;
/** The indexes that may be spread; no plain key of theirs ends like that of a shard. */
const SHARDED_INDEXES: ReadonlySet<IndexName> = new Set(['TriggerIndex', 'AuditByDayIndex']);
const FNV_OFFSET = 0x81_1c_9d_c5;
const FNV_PRIME = 0x01_00_01_93;

/** Returns the content of a write with its index entries in their shards. */
export function shardEntries(shards: IndexShards, key: ItemKey, content: ItemContent): ItemContent {
  const { indexes } = content;
  if (!indexes) return content;
  const sharded = { ...indexes };
  for (const index of SHARDED_INDEXES) {
    const entry = indexes[index];
    const written = shards[index]?.written ?? 1;
    if (entry && written > 1) sharded[index] = { ...entry, pk: shardKey(entry.pk, hashOf(key) % written) };
  }
  return { ...content, indexes: sharded };
}

/** Returns the partition key of an index entry without its shard, whatever the settings of this process are. */
export function plainKey(index: IndexName, pk: string): string {
  return SHARDED_INDEXES.has(index) ? pk.replace(SHARD_SUFFIX, '') : pk;
}

function shardKey(pk: string, shard: number): string {
  return shard === 0 ? pk : pk + SHARD_SEPARATOR + String(shard);
}

/** Returns a hash of an item's key, so that an item stays in its shard whatever else changes. */
function hashOf({ pk, sk }: ItemKey): number {
  let hash = FNV_OFFSET;
  for (const byte of Buffer.from(`${pk}\n${sk}`)) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  return hash;
}

/**
 * Runs a query of the table or of an index. For a sharded index it queries all shards at once and merges their items by
 * sort key; such a page may be shorter than its limit although more items follow.
 */
export async function runQuery(
  connection: Connection,
  query: Query,
  deadline: Deadline,
): Promise<Page<Item>> {
  const { index } = query;
  const shards = index === undefined ? 1 : (connection.shards[index]?.read ?? 1);
  if (index === undefined || shards === 1)
    return toPage(query, await queryPartition(connection, query, deadline));
  const limit = Math.ceil(query.limit / shards);
  const pages = await Promise.all(
    Array.from({ length: shards }, (_, shard) =>
      queryPartition(connection, { ...query, limit, pk: shardKey(query.pk, shard) }, deadline),
    ),
  );
  return toPage(query, mergePages(query, index, pages));
}

/** Merges pages of the shards, up to the first place from which a shard may have more items. */
function mergePages({ order, limit }: Query, index: IndexName, pages: readonly StoredPage[]): StoredPage {
  const sortKey = (item: StoredItem): Buffer => Buffer.from(textOf(item, indexSortKey(index)));
  const direction = order === 'ascending' ? 1 : -1;
  const compare = (one: StoredItem, other: StoredItem): number =>
    direction * Buffer.compare(sortKey(one), sortKey(other));
  const [firstEnd] = pages.flatMap(({ last }) => (last ? [last] : [])).toSorted(compare);
  const known = pages
    .flatMap(({ items }) => items)
    .filter((item) => !firstEnd || compare(item, firstEnd) <= 0)
    .toSorted(compare);
  if (known.length > limit) return { items: known.slice(0, limit), last: known[limit - 1] };
  return { items: known, last: firstEnd };
}
