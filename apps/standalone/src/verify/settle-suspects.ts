import { setTimeout as wait } from 'node:timers/promises';
import type { Item, ItemKey, StoreReader, TableStore } from '@cnop/common/database/table-store';
import { MAX_BATCH_GET_ITEMS } from '@cnop/common/database/table-store';
import type { Picture } from './picture.ts';
import { isOtherSide, takePicture } from './picture.ts';
import { everyIndex } from './read-everything.ts';
import { checkIndexEntries } from './rules/items.ts';
import { indexEntryText, indexStatements } from './statements.ts';
import { readItem } from './stored-kinds.ts';
import type { SuspectGroup, Suspects } from './suspects.ts';
import { groupSuspects } from './suspects.ts';
import type { Violation } from './violation.ts';
import { nameOf } from './violation.ts';

/** The most often that a suspect is read again. */
const MAX_READINGS = 10;
/** A rule is broken when as many readings, each of one moment, say so: an index or an asset may lag behind an account. */
const CONFIRMATIONS = 3;

/** What was written during each of its readings, so that it is neither right nor wrong. */
export interface Unsettled {
  /** The account, or the item. */
  readonly what: string;
  readonly keys: readonly ItemKey[];
}

/** The result of reading suspects again. */
export interface Settled {
  readonly violations: readonly Violation[];
  readonly unsettled: Unsettled[];
  /** The number of accounts and other items that were read again. */
  readonly reread: number;
}

export interface SettleOptions {
  readonly store: TableStore;
  readonly suspects: Suspects;
  /** Checks a part of the store by the same rules. Witnesses are not checked; they only state what they know of others. */
  readonly audit: (
    reader: StoreReader,
    isWitness: (key: ItemKey) => boolean,
  ) => Promise<readonly Violation[]>;
  /** The pause after the first reading; the next ones are longer. */
  readonly pauseMilliseconds: number;
  readonly onProgress: (settled: number, suspects: number) => void;
}

/**
 * Reads everything again that seemed to break a rule while the store was written: an account between two readings of its
 * balance, which then shows one moment of it. Only what goes on breaking a rule is a violation.
 */
export async function settleSuspects(options: SettleOptions): Promise<Settled> {
  const { store, suspects, onProgress } = options;
  const groups = await groupSuspects(store, suspects.items());
  const violations: Violation[] = [];
  const unsettled: Unsettled[] = [];
  for (const [position, group] of groups.entries()) {
    const settled = await settle(options, group);
    if (settled === 'changed') unsettled.push({ what: nameOfGroup(group), keys: group.keys });
    else violations.push(...settled);
    onProgress(position + 1, groups.length);
  }
  const indexed = await settleIndexes(options, suspects.indexed());
  return {
    violations: withoutRepeats([...violations, ...indexed.violations]),
    unsettled: [...unsettled, ...indexed.unsettled],
    reread: groups.length + suspects.indexed().length,
  };
}

async function settle(
  { store, audit, pauseMilliseconds }: SettleOptions,
  group: SuspectGroup,
): Promise<readonly Violation[] | 'changed'> {
  let confirmations = 0;
  let changing: Picture | undefined;
  for (let reading = 1; reading <= MAX_READINGS; reading += 1) {
    const picture: Picture = await takePicture(store, group, changing);
    changing = picture.isOneMoment ? undefined : picture;
    if (picture.isOneMoment) {
      const violations = await audit(picture.items.reader(), (key) => isOtherSide(group, key));
      confirmations += 1;
      if (violations.length === 0 || confirmations === CONFIRMATIONS) return violations;
    }
    await wait(reading * pauseMilliseconds);
  }
  return 'changed';
}

/** An item such as an asset is read with each account that needs it. */
function withoutRepeats(violations: readonly Violation[]): Violation[] {
  const byText = violations.map((one): [string, Violation] => {
    return [[one.rule, one.message, ...one.keys.map(nameOf)].join(' '), one];
  });
  return [...new Map(byText).values()];
}

function nameOfGroup({ username, keys }: SuspectGroup): string {
  return username === undefined ? keys.map(nameOf).join(', ') : `the account ${username}`;
}

/** Reads the indexes again and compares them with the suspect items, until all entries are right. */
async function settleIndexes(
  { store, pauseMilliseconds }: SettleOptions,
  suspects: readonly ItemKey[],
): Promise<Omit<Settled, 'reread'>> {
  let pending = suspects;
  for (let reading = 1; ; reading += 1) {
    const read = await readEntries(store, pending);
    const violations = read.flatMap((one) => (one.isOneMoment ? checkEntries(one) : []));
    const changed = read.filter(({ isOneMoment }) => !isOneMoment).map(({ key }) => key);
    if (reading === CONFIRMATIONS || violations.length + changed.length === 0)
      return { violations, unsettled: changed.map((key) => ({ what: nameOf(key), keys: [key] })) };
    pending = [...new Set([...changed, ...violations.flatMap(({ keys }) => keys)])];
    await wait(reading * pauseMilliseconds);
  }
}

/** An item and the entries that the indexes have for it. */
interface Indexed {
  readonly key: ItemKey;
  readonly item: Item | undefined;
  readonly entries: string[];
  /** Whether the item was not written while the indexes were read. */
  readonly isOneMoment: boolean;
}

async function readEntries(store: TableStore, keys: readonly ItemKey[]): Promise<Indexed[]> {
  if (keys.length === 0) return [];
  const before = await readItems(store, keys);
  const entries = new Map(keys.map((key): [string, string[]] => [nameOf(key), []]));
  for (const [table, index] of everyIndex()) {
    for await (const { key, entry } of store.scanIndex(table, index))
      entries.get(nameOf(key))?.push(indexEntryText(index, entry));
  }
  const after = await readItems(store, keys);
  return keys.map((key, position) => ({
    key,
    item: after[position],
    entries: entries.get(nameOf(key)) ?? [],
    isOneMoment: before[position]?.version === after[position]?.version,
  }));
}

async function readItems(store: TableStore, keys: readonly ItemKey[]): Promise<(Item | undefined)[]> {
  const items: (Item | undefined)[] = [];
  for (let start = 0; start < keys.length; start += MAX_BATCH_GET_ITEMS)
    items.push(...(await store.batchGet(keys.slice(start, start + MAX_BATCH_GET_ITEMS))));
  return items;
}

function checkEntries({ key, item, entries }: Indexed): Violation[] {
  const reading = item && readItem(item);
  // An item that cannot be read is reported as such.
  if (reading && reading.outcome !== 'read') return [];
  const expected = reading ? indexStatements(reading.stored).map(({ text }) => text) : [];
  return checkIndexEntries(key, expected, entries);
}
