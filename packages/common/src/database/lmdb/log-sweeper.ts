import type { ItemKey } from '../table-store.ts';
import type { TableName } from '../tables.ts';
import { TABLE_NAMES, TABLES } from '../tables.ts';
import { HIGHEST_CHARACTER } from '../validate-transaction.ts';
import { removeStored } from './apply-write.ts';
import type { Environment } from './environment.ts';

/** Logs that one sweep looks at, some milliseconds of work: a million of them are all seen within a day. */
const MAX_LOGS_PER_SWEEP = 1_000;
/** Small, so that a sweep never holds up the orders behind it for long. */
const MAX_ITEMS_PER_SWEEP = 500;

/** Where the walk over all logs is. */
interface Place {
  readonly table: TableName;
  readonly prefix: string;
  /** Logs up to and with this one were looked at. */
  readonly pk: string;
}

export interface LogSweeper {
  /** Looks at the heads of the next logs, deletes what has expired there, and says how many items. */
  sweep(nowEpochSeconds: number): Promise<number>;
}

/**
 * Walks round and round over the logs of all tables. The oldest item of a log is its first, so one look tells whether
 * anything in it is over.
 */
export function createLogSweeper(environment: Environment): LogSweeper {
  const starts: readonly Place[] = TABLE_NAMES.flatMap((table) =>
    TABLES[table].logs.map((prefix) => ({ table, prefix, pk: prefix })),
  );
  let place = starts[0];

  /** The first item of the next log, with which the walk moves on; undefined at the end of the round. */
  function nextHead(): ItemKey | undefined {
    while (place) {
      const { table, prefix, pk } = place;
      const range = { start: [pk, HIGHEST_CHARACTER], end: [prefix + HIGHEST_CHARACTER], limit: 1 };
      for (const [headPk, sk] of environment.table(table).getKeys(range) as Iterable<[string, string]>) {
        place = { table, prefix, pk: headPk };
        return { table, pk: headPk, sk };
      }
      place = starts[starts.findIndex((start) => start.prefix === prefix && start.table === table) + 1];
    }
    place = starts[0];
    return undefined;
  }

  return {
    async sweep(nowEpochSeconds) {
      const expired: ItemKey[] = [];
      for (let seen = 0; seen < MAX_LOGS_PER_SWEEP && expired.length < MAX_ITEMS_PER_SWEEP; seen += 1) {
        const head = nextHead();
        if (!head) break;
        const room = MAX_ITEMS_PER_SWEEP - expired.length;
        expired.push(...expiredOf(environment, head, { nowEpochSeconds, limit: room }));
      }
      if (expired.length > 0) await remove(environment, expired);
      return expired.length;
    },
  };
}

/** The items from the head on that are over. */
function expiredOf(
  environment: Environment,
  head: ItemKey,
  { nowEpochSeconds, limit }: { readonly nowEpochSeconds: number; readonly limit: number },
): ItemKey[] {
  const found: ItemKey[] = [];
  const range = { start: [head.pk, head.sk], end: [head.pk, HIGHEST_CHARACTER], limit };
  for (const { key, value } of environment.table(head.table).getRange(range)) {
    if (value.e === undefined || value.e > nowEpochSeconds) break;
    const [pk = '', sk = ''] = key as string[];
    found.push({ table: head.table, pk, sk });
  }
  return found;
}

async function remove(environment: Environment, keys: readonly ItemKey[]): Promise<void> {
  await environment.root.childTransaction(() => {
    for (const key of keys) {
      const stored = environment.table(key.table).get([key.pk, key.sk]);
      if (stored) removeStored(environment, key, stored);
    }
  });
}
