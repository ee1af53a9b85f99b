import type { Item, ItemKey, StoreReader } from '@cnop/common/database/table-store';
import { MAX_BATCH_GET_ITEMS } from '@cnop/common/database/table-store';
import type { Kind, Reading, StoredOf } from './stored-kinds.ts';
import { readItem } from './stored-kinds.ts';
import type { Findings, Violation } from './violation.ts';

/** A check that needs items from elsewhere in the store. */
export interface Lookup {
  readonly keys: readonly ItemKey[];
  /** @param items the items of the keys, in their order */
  readonly check: (items: readonly (Item | undefined)[]) => Violation[];
}

/** Reads the items of many lookups in one batch. */
export interface Lookups {
  /** Runs the check now or with a later batch. */
  ask(lookup: Lookup): Promise<void>;
  /** Runs the checks that are still pending. */
  flush(): Promise<void>;
}

/** Creates lookups over one reader; they add what they find to the findings. */
export function createLookups({
  reader,
  findings,
}: {
  readonly reader: StoreReader;
  readonly findings: Findings;
}): Lookups {
  let pending: Lookup[] = [];
  let pendingKeys = 0;

  async function flush(): Promise<void> {
    const batch = pending;
    pending = [];
    pendingKeys = 0;
    const keys = batch.flatMap((lookup) => lookup.keys);
    const items: (Item | undefined)[] = [];
    for (let start = 0; start < keys.length; start += MAX_BATCH_GET_ITEMS) {
      items.push(...(await reader.batchGet(keys.slice(start, start + MAX_BATCH_GET_ITEMS))));
    }
    let position = 0;
    for (const lookup of batch) {
      const end = position + lookup.keys.length;
      findings.add(lookup.check(items.slice(position, end)));
      position = end;
    }
  }

  return {
    flush,
    async ask(lookup) {
      pending.push(lookup);
      pendingKeys += lookup.keys.length;
      if (pendingKeys >= MAX_BATCH_GET_ITEMS) await flush();
    },
  };
}

/** Reads an item as the kind it must be. An item of another kind is `unreadable`. */
export function readAs<K extends Kind>(
  kind: K,
  item: Item | undefined,
): StoredOf<K> | 'absent' | 'unreadable' {
  if (!item) return 'absent';
  const reading: Reading = readItem(item);
  return reading.outcome === 'read' && isOf(kind, reading.stored) ? reading.stored : 'unreadable';
}

function isOf<K extends Kind>(kind: K, stored: StoredOf<Kind>): stored is StoredOf<K> {
  return stored.kind === kind;
}

/** Returns a lookup of one item of a kind. One that cannot be read is reported itself. */
export function lookUp<K extends Kind>(
  kind: K,
  key: ItemKey,
  check: (found: StoredOf<K> | undefined) => Violation[],
): Lookup {
  return {
    keys: [key],
    check([item]) {
      const found = readAs(kind, item);
      if (found === 'unreadable') return [];
      return check(found === 'absent' ? undefined : found);
    },
  };
}
