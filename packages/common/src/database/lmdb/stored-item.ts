import type { Attributes, IndexEntry, Item, ItemContent, ItemKey } from '../table-store.ts';
import type { IndexName } from '../tables.ts';

/** The stored form of an item. The names are short because every item stores them. */
export interface StoredItem {
  /** Version. */
  readonly v: number;
  /** Attributes. */
  readonly a: Attributes;
  /** Index entries, kept so that a later write can remove them. */
  readonly i?: Partial<Readonly<Record<IndexName, IndexEntry>>>;
  /** Expiry in epoch seconds. */
  readonly e?: number;
}

/** The value of entries that have only a key, such as index entries. */
export const NOTHING = '';

/** Converts the content of a write into its stored form. */
export function toStoredItem(content: ItemContent, version: number): StoredItem {
  const { attributes: a, indexes: i, expiresAtEpochSeconds: e } = content;
  // Writes out the four shapes: this runs for every written item, and a spread would cost more than the rest.
  if (i) return e === undefined ? { v: version, a, i } : { v: version, a, i, e };
  return e === undefined ? { v: version, a } : { v: version, a, e };
}

/** Converts a stored item into an item of the port. */
export function toItem(key: ItemKey, stored: StoredItem): Item {
  return { key, attributes: stored.a, version: stored.v };
}
