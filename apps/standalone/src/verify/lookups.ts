import type { Item, ItemKey, StoreReader } from '@cnop/common/database/table-store';
import { MAX_BATCH_GET_ITEMS } from '@cnop/common/database/table-store';
import type { Findings } from './findings.ts';
import type { Kind, Reading, StoredOf } from './stored-kinds.ts';
import { readItem } from './stored-kinds.ts';
import type { Violation } from './violation.ts';

/** A question about items elsewhere in the store. */
export interface Question {
  readonly keys: readonly ItemKey[];
  /** @param items those of the keys, in their order */
  readonly judge: (items: readonly (Item | undefined)[]) => Violation[];
}

/** Reads what questions are about, many items at a time. */
export interface Lookups {
  ask(question: Question): Promise<void>;
  /** Answers what is left. */
  settle(): Promise<void>;
}

export function createLookups({
  reader,
  findings,
}: {
  readonly reader: StoreReader;
  readonly findings: Findings;
}): Lookups {
  let waiting: Question[] = [];
  let waitingKeys = 0;

  async function settle(): Promise<void> {
    const questions = waiting;
    waiting = [];
    waitingKeys = 0;
    const keys = questions.flatMap((question) => question.keys);
    const items: (Item | undefined)[] = [];
    for (let start = 0; start < keys.length; start += MAX_BATCH_GET_ITEMS) {
      items.push(...(await reader.batchGet(keys.slice(start, start + MAX_BATCH_GET_ITEMS))));
    }
    let position = 0;
    for (const question of questions) {
      const end = position + question.keys.length;
      findings.add(question.judge(items.slice(position, end)));
      position = end;
    }
  }

  return {
    settle,
    async ask(question) {
      waiting.push(question);
      waitingKeys += question.keys.length;
      if (waitingKeys >= MAX_BATCH_GET_ITEMS) await settle();
    },
  };
}

/** An item as what it must be: absent, there but not to be read, or read. */
export function found<K extends Kind>(
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
