import type { Attributes, IndexEntry, Item, ItemContent, ItemKey } from '../table-store.ts';
import type { IndexName } from '../tables.ts';

/** An item as LMDB holds it. The names are short because every item carries them. */
export interface StoredItem {
  /** Version. */
  readonly v: number;
  /** Attributes. */
  readonly a: Attributes;
  /** Index entries, kept so that they can be taken out again. */
  readonly i?: Partial<Readonly<Record<IndexName, IndexEntry>>>;
  /** Expiry in epoch seconds. */
  readonly e?: number;
}

/** The value of what is there by its key alone, as index entries are. */
export const NOTHING = '';

export function toStoredItem(content: ItemContent, version: number): StoredItem {
  const { attributes: a, indexes: i, expiresAtEpochSeconds: e } = content;
  // The four shapes written out: this runs for every item that is written, and a spread costs more than the rest of it.
  if (i) return e === undefined ? { v: version, a, i } : { v: version, a, i, e };
  return e === undefined ? { v: version, a } : { v: version, a, e };
}

export function toItem(key: ItemKey, stored: StoredItem): Item {
  return { key, attributes: stored.a, version: stored.v };
}
