import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Database, Key, RootDatabase } from 'lmdb';
import { open } from 'lmdb';
import type { TableName } from '../tables.ts';
import { TABLE_NAMES, TABLES, USER_LISTS } from '../tables.ts';
import { HIGHEST_CHARACTER } from '../validate-transaction.ts';
import type { ItemTrees, StoredItem } from './item-layout.ts';
import { HISTORY_TABLE, keyInHistory, NOTHING, ordersOf } from './item-layout.ts';

/** Tables, indexes, histories and the expiry list, and some spare. */
const MAX_DATABASES = 40;
const DATA_FILE = 'data.mdb';
const PRIVATE_FOLDER_MODE = 0o700;
/** An undeclared option of the library. By default every user of the machine could read the file. */
const FILE_OPTIONS = { permissionsMode: 0o600 };

/** The format of the keys and values in the file. */
const FORMAT = '3';
/** The previous format, without the tree of histories. */
const FORMAT_BEFORE_HISTORIES = '2';

/** The number of shared shapes in a table; items of further shapes store their own attribute names. */
const MAX_SHAPES = 1_024;

/**
 * Items of one shape share the list of their attribute names, which saves 20 % of the time of an order. Each table
 * stores the lists under a symbol, which no item can have as its key. A new shape is written in the transaction that
 * first uses it.
 * @see docs/adr/0002-embedded-store.md
 */
const TABLE_OPTIONS = {
  encoding: 'msgpack',
  sharedStructuresKey: Symbol.for('shapes'),
  maxSharedStructures: MAX_SHAPES,
} as const;

/** The open trees of the file. */
export interface Environment extends ItemTrees {
  readonly root: RootDatabase<never>;
  /** [epoch seconds, table, pk, sk] -> nothing; the expiring items by time, except items of logs. */
  readonly expiry: Database<string, Key[]>;
  close(): Promise<void>;
}

/** Opening one environment twice in a process silently breaks the locks of LMDB. */
const openPaths = new Set<string>();

/**
 * Opens the embedded store in a folder of the local disk, and creates a missing one unless it is opened read-only.
 *
 * `overlappingSync: false` makes sure that an acknowledged commit is on disk. With the default of the library, readers
 * see a change before it is flushed, so that a power failure could undo an acknowledged change.
 * @throws Error when the store is already open in this process, is missing (read-only), or has an unknown format
 */
export function openEnvironment(
  folder: string,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Environment {
  const path = resolve(folder);
  if (openPaths.has(path)) throw new Error(`the store in ${folder} is already open in this process`);
  // The library would create the folder even if there is no store in it.
  if (readOnly && !existsSync(join(path, DATA_FILE))) throw new Error(`there is no store in ${folder}`);
  if (!readOnly) mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  const root = open<never>({
    path,
    ...FILE_OPTIONS,
    maxDbs: MAX_DATABASES,
    overlappingSync: false,
    encoding: 'json',
    readOnly,
  });
  openPaths.add(path);

  const tables = new Map<TableName, Database<StoredItem, Key[]>>();
  const indexes = new Map<string, Database<string, Key[]>>();
  for (const name of TABLE_NAMES) {
    tables.set(name, root.openDB<StoredItem, Key[]>(name, TABLE_OPTIONS));
    for (const index of Object.keys(TABLES[name].indexes)) {
      indexes.set(`${name}.${index}`, root.openDB<string, Key[]>(`${name}.${index}`, { encoding: 'string' }));
    }
  }
  const histories = root.openDB<StoredItem | typeof NOTHING, Key[]>('histories', TABLE_OPTIONS);
  const format = formatOf(root, tables);
  const isUpgraded = format === FORMAT_BEFORE_HISTORIES && !readOnly;
  // Reading another format would return wrong items instead of an error.
  if (format !== undefined && format !== FORMAT && !isUpgraded) {
    throw new Error(
      `the store is of format ${format} and this version reads format ${FORMAT}: ${remedyFor(format)}`,
    );
  }
  const environment: Environment = {
    root,
    table: (name) => known(tables.get(name), name),
    index: (table, name) => known(indexes.get(`${table}.${name}`), `${table}.${name}`),
    histories: known(histories, 'histories'),
    expiry: root.openDB<string, Key[]>('expiry', { encoding: 'string' }),
    close: async () => {
      await root.close();
      openPaths.delete(path);
    },
  };
  if (isUpgraded) {
    const { table: itemTable, orderIndex } = USER_LISTS;
    const users = environment.table(itemTable);
    moveToHistories({ root, users, orders: environment.index(orderIndex.table, orderIndex.name), histories });
  }
  if (!readOnly && format !== FORMAT) propertiesOf(root).putSync('format', FORMAT);
  return environment;
}

const propertiesOf = (root: RootDatabase<never>) =>
  root.openDB<string, string>('properties', { encoding: 'string' });

/** Returns the format of a store, or undefined when it is empty. */
function formatOf(
  root: RootDatabase<never>,
  tables: ReadonlyMap<TableName, Database<StoredItem, Key[]>>,
): string | undefined {
  // A read-only store has no such tree when nothing was ever written.
  const properties: ReturnType<typeof propertiesOf> | undefined = propertiesOf(root);
  const isEmpty = () => [...tables.values()].every((table) => [...table.getKeys({ limit: 1 })].length === 0);
  return properties?.get('format') ?? (isEmpty() ? undefined : '1');
}

/** Returns what to do with a store of another format. */
function remedyFor(format: string): string {
  return format === FORMAT_BEFORE_HISTORIES
    ? 'start the server on it once, which brings it up to date'
    : 'move its folder away to start afresh';
}

/** Returns a tree. A read-only store lacks trees that no writer has created yet. */
function known<T>(database: T | undefined, name: string): T {
  if (!database) throw new Error(`no such table or index: ${name}`);
  return database;
}

/** A batch takes a few milliseconds and is then on disk. */
const KEYS_PER_TRANSACTION = 2_000;

/** The trees of a file that the upgrade reads and writes. */
interface Format2 {
  readonly root: RootDatabase<never>;
  readonly users: Database<StoredItem, Key[]>;
  /** The index with the orders of each user. */
  readonly orders: Database<string, Key[]>;
  readonly histories: Database<StoredItem | typeof NOTHING, Key[]>;
}

/**
 * Moves the lists of users of a store of format 2 to the tree of histories. It may be interrupted and started again,
 * also by several processes at once.
 */
function moveToHistories({ root, users, orders, histories }: Format2): void {
  const inBatches = (nextKeys: (after: Key[] | undefined) => Key[][], move: (key: Key[]) => void): void => {
    let after: Key[] | undefined;
    do {
      after = root.transactionSync(() => {
        const keys = nextKeys(after);
        for (const key of keys) move(key);
        return keys.at(-1);
      });
    } while (after);
  };
  const keysBehind = (after: Key[] | undefined) => ({
    ...(after && { start: [...after, HIGHEST_CHARACTER] }),
    limit: KEYS_PER_TRANSACTION,
  });

  inBatches(
    (after) => [...users.getKeys(keysBehind(after))],
    (key) => {
      const [pk, sk] = key as [string, string];
      const target = keyInHistory({ table: HISTORY_TABLE, pk, sk });
      const stored = target && users.get(key);
      if (!stored) return;
      histories.putSync(target, stored);
      users.removeSync(key);
    },
  );
  inBatches(
    (after) => [...orders.getKeys(keysBehind(after))],
    (key) => {
      const [indexPk, indexSk, pk, sk] = key as [string, string, string, string];
      histories.putSync([...ordersOf(indexPk), indexSk, pk, sk], NOTHING);
      orders.removeSync(key);
    },
  );
}
