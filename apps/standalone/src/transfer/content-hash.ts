import { createHash } from 'node:crypto';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import type { AttributeValue, IndexEntry, ItemContent, ItemKey } from '@cnop/common/database/table-store';

/** What a copy keeps of an item: everything but its version, which each write increments. */
export type CopiedItem = { readonly key: ItemKey } & ItemContent;

/** The number of items and their hash. */
export interface ContentDigest {
  readonly items: number;
  /** 64 hexadecimal digits. */
  readonly hash: string;
}

/**
 * A hash of a set of items that does not depend on their order: the sum of the SHA-256 of their lines, modulo 2^256. It
 * detects mistakes and damage, not forged items.
 */
export interface ContentHash {
  /** @param line the line of the item in an export */
  add(line: string, expiresAtEpochSeconds: number | undefined): void;
  /** Returns the digest of all items. */
  total(): ContentDigest;
  /**
   * Returns the digest of the items that do not expire, or later than a time, in whole minutes. Two stores with the same
   * content agree on it, although each deletes its expired items at its own pace.
   */
  unexpiredAt(time: Date): ContentDigest;
}

interface Sum {
  items: number;
  value: bigint;
}

const MODULUS_BITS = 256;
const HEXADECIMAL = 16;
const HASH_DIGITS = 64;
const SECONDS_PER_MINUTE = 60;

/** Creates a hash of no items, or one that continues from an earlier total. */
export function createContentHash(before: ContentDigest = { items: 0, hash: '0' }): ContentHash {
  const lasting: Sum = { items: before.items, value: BigInt(`0x${before.hash}`) };
  /** The items that expire, by minute: at most as many entries as minutes until the last expiry. */
  const expiring = new Map<number, Sum>();

  return {
    add(line, expiresAtEpochSeconds) {
      const value = BigInt(`0x${createHash('sha256').update(line).digest('hex')}`);
      let sum = lasting;
      if (expiresAtEpochSeconds !== undefined) {
        const minute = Math.floor(expiresAtEpochSeconds / SECONDS_PER_MINUTE);
        sum = expiring.get(minute) ?? { items: 0, value: 0n };
        expiring.set(minute, sum);
      }
      addTo(sum, { items: 1, value });
    },
    total: () => digestOf([lasting, ...expiring.values()]),
    unexpiredAt(time) {
      const minute = Math.floor(time.getTime() / MILLISECONDS_PER_SECOND / SECONDS_PER_MINUTE);
      const later = [...expiring].filter(([expiresIn]) => expiresIn > minute).map(([, sum]) => sum);
      return digestOf([lasting, ...later]);
    },
  };
}

function addTo(sum: Sum, { items, value }: Sum): void {
  sum.items += items;
  sum.value = BigInt.asUintN(MODULUS_BITS, sum.value + value);
}

function digestOf(sums: readonly Sum[]): ContentDigest {
  const total: Sum = { items: 0, value: 0n };
  for (const sum of sums) addTo(total, sum);
  return { items: total.items, hash: total.value.toString(HEXADECIMAL).padStart(HASH_DIGITS, '0') };
}

/**
 * Returns the line of an item, without a line break: JSON with sorted names, so that equal items have equal lines.
 * @see docs/reference/export-format.md
 */
export function lineOf({ key, attributes, indexes, expiresAtEpochSeconds }: CopiedItem): string {
  const entries = Object.entries(indexes ?? {}).filter(([, entry]) => entry !== undefined);
  const rest = [
    `"table":${JSON.stringify(key.table)}`,
    `"pk":${JSON.stringify(key.pk)}`,
    `"sk":${JSON.stringify(key.sk)}`,
    `"attributes":${canonicalJson(attributes)}`,
    ...(entries.length > 0 ? [`"indexes":${indexesText(entries)}`] : []),
    ...(expiresAtEpochSeconds === undefined ? [] : [`"expires_at_epoch":${expiresAtEpochSeconds}`]),
  ];
  return `{${rest.join(',')}}`;
}

function indexesText(entries: readonly (readonly [string, IndexEntry])[]): string {
  const plain = entries.map(([name, { pk, sk }]) => [name, { pk, sk }] as const);
  return canonicalJson(Object.fromEntries(plain));
}

/** Formats a value as JSON without blanks, with the names of each object sorted by their UTF-16 units. */
export function canonicalJson(value: AttributeValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const parts = Object.keys(value)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`);
  return `{${parts.join(',')}}`;
}

function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
