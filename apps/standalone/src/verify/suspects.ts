import type { Username } from '@cnop/common/core/brands';
import { knownUsername } from '@cnop/common/core/brands';
import { eventOwnerOf } from '@cnop/common/dao/user/live-event-dao';
import type { Item, ItemKey, TableStore } from '@cnop/common/database/table-store';
import { MAX_BATCH_GET_ITEMS } from '@cnop/common/database/table-store';
import type { KeyShape } from '@cnop/common/database/tables';
import { KEYS, SEPARATOR } from '@cnop/common/database/tables';
import { markedPayment } from './rules/payments.ts';
import { recurringBuyNamedBy } from './rules/recurring-buys.ts';
import type { Stored } from './stored-kinds.ts';
import { readItem } from './stored-kinds.ts';
import type { Findings } from './violation.ts';
import { nameOf } from './violation.ts';

/** Bounds the memory of an audit of a store that is broken or written everywhere. */
const MAX_SUSPECTS = 100_000;

/** The items that an audit of a changing store has to read again, because they seem to break a rule. */
export interface Suspects extends Findings {
  /** Returns the items that break a rule about items. */
  items(): readonly ItemKey[];
  /** Returns the items whose index entries are wrong. */
  indexed(): readonly ItemKey[];
  /** Returns whether there were more items than can be read again. */
  isOverfull(): boolean;
}

/** Creates an empty collection of suspects. */
export function createSuspects(): Suspects {
  const items = new Map<string, ItemKey>();
  const indexed = new Map<string, ItemKey>();
  let isOverfull = false;
  return {
    add(violations) {
      for (const { rule, keys } of violations) {
        const suspects = rule === 'index-missing' || rule === 'index-stray' ? indexed : items;
        for (const key of itemsToRead(keys)) {
          if (suspects.size < MAX_SUSPECTS) suspects.set(nameOf(key), key);
          else isOverfull ||= !suspects.has(nameOf(key));
        }
      }
    },
    items: () => [...items.values()],
    indexed: () => [...indexed.values()],
    isOverfull: () => isOverfull,
  };
}

/** Leaves out the claim of an e-mail that is named together with its user, who is read with it. */
function itemsToRead(keys: readonly ItemKey[]): readonly ItemKey[] {
  const others = keys.filter(({ pk }) => !pk.startsWith(KEYS.users.emailClaim.pkPrefix));
  return others.length > 0 ? others : keys;
}

/** Suspects that are read again together: those of one account, or one item that belongs to none. */
export interface SuspectGroup {
  readonly username: Username | undefined;
  readonly keys: ItemKey[];
}

/** Groups suspects by the account that they belong to. Orders and claims of an e-mail are read to know it. */
export async function groupSuspects(
  store: Pick<TableStore, 'batchGet'>,
  keys: readonly ItemKey[],
): Promise<SuspectGroup[]> {
  const groups = new Map<string, SuspectGroup>();
  for (let start = 0; start < keys.length; start += MAX_BATCH_GET_ITEMS) {
    const batch = keys.slice(start, start + MAX_BATCH_GET_ITEMS);
    const items = await store.batchGet(batch);
    for (const [position, key] of batch.entries()) {
      const username = accountOf(key, items[position]);
      const name = username ?? nameOf(key);
      const group = groups.get(name) ?? { username, keys: [] };
      groups.set(name, group);
      group.keys.push(key);
    }
  }
  return [...groups.values()];
}

const SHARED_PARTITIONS: readonly KeyShape[] = Object.values<KeyShape>(KEYS.users).filter(
  ({ pk, pkPrefix }) => pk !== undefined || pkPrefix !== undefined,
);

/** Returns the account that an item belongs to: by its fields where the key does not name it. */
function accountOf(key: ItemKey, item: Item | undefined): Username | undefined {
  const { table, pk } = key;
  if (table === 'inventory') return undefined;
  if (table === 'orders' || pk.startsWith(KEYS.users.emailClaim.pkPrefix)) {
    const username = item?.attributes['username'];
    return typeof username === 'string' ? knownUsername(username) : undefined;
  }
  if (pk.startsWith(KEYS.users.waitingPayment.pkPrefix) || pk.startsWith(KEYS.users.dueWork.pkPrefix)) {
    const reading = item && readItem(item);
    return reading?.outcome === 'read' ? ownerOfMarker(reading.stored) : undefined;
  }
  const byAsset = [KEYS.users.assetTransaction, KEYS.users.stakeEntry].find(({ pkPrefix }) =>
    pk.startsWith(pkPrefix),
  );
  if (byAsset) return knownUsername(pk.slice(byAsset.pkPrefix.length).split(SEPARATOR)[0] ?? '');
  const isShared = SHARED_PARTITIONS.some(
    (shape) => shape.pk === pk || (shape.pkPrefix !== undefined && pk.startsWith(shape.pkPrefix)),
  );
  return isShared ? eventOwnerOf(key) : knownUsername(pk);
}

function ownerOfMarker({ kind, entity }: Stored): Username | undefined {
  if (kind === 'due work') return (markedPayment(entity) ?? recurringBuyNamedBy(entity))?.username;
  return kind === 'waiting payment' ? markedPayment(entity)?.username : undefined;
}
