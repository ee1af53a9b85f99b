import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Database, Key, RootDatabase } from 'lmdb';
import { open } from 'lmdb';
import type { IndexName, TableName } from '../tables.ts';
import { TABLE_NAMES, TABLES } from '../tables.ts';
import { moveToHistories } from './move-to-histories.ts';
import type { NOTHING, StoredItem } from './stored-item.ts';

/** Tables, indexes, histories and the expiry list, with room for those to come. */
const MAX_DATABASES = 40;
const DATA_FILE = 'data.mdb';
const PRIVATE_FOLDER_MODE = 0o700;
/** The library takes it and does not declare it. The default lets everyone on the machine read. */
const FILE_OPTIONS = { permissionsMode: 0o600 };

/** Of the values and keys in the file; another one needs the store to be copied through the port. */
const FORMAT = '3';
/** The one before the lists of users lay together. */
const FORMAT_BEFORE_HISTORIES = '2';

/** Of the items and their parts in one table; the names of any further shape are in each item that has it. */
const MAX_SHAPES = 1_024;

/**
 * Items of one shape share the list of their names, which each table keeps under a symbol, so that no item can have its
 * key. A new shape is written in the transaction that first uses it. That saves a fifth of an order (ADR 0002).
 */
const TABLE_OPTIONS = {
  encoding: 'msgpack',
  sharedStructuresKey: Symbol.for('shapes'),
  maxSharedStructures: MAX_SHAPES,
} as const;

export interface Environment {
  readonly root: RootDatabase<never>;
  /** [pk, sk] -> item, but for those of histories. */
  table(name: TableName): Database<StoredItem, Key[]>;
  /** [index pk, index sk, pk, sk] -> nothing: the item is read from its table. */
  index(table: TableName, name: IndexName): Database<string, Key[]>;
  /** What `histories.ts` says: items and entries of the lists that each user has. */
  readonly histories: Database<StoredItem | typeof NOTHING, Key[]>;
  /** [epoch seconds, table, pk, sk] -> nothing: what may be deleted, by time; without items of logs. */
  readonly expiry: Database<string, Key[]>;
  close(): Promise<void>;
}

/** Opening one environment twice in a process breaks LMDB's locks, silently. */
const openPaths = new Set<string>();

/**
 * Opens the embedded store in a folder of the local disk, creating it when it is missing unless it is to be read only.
 *
 * `overlappingSync: false` is what makes "answered" mean "on disk": with the library's default, readers see a
 * change before it is flushed, so a power cut could take back what was confirmed.
 */
export function openEnvironment(
  folder: string,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Environment {
  const path = resolve(folder);
  if (openPaths.has(path)) throw new Error(`the store in ${folder} is already open in this process`);
  // The library makes the folder even when it is then missing the store in it.
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
  // An item read as if it were of another format would be nonsense, not an error.
  if (format !== undefined && format !== FORMAT && !isUpgraded) {
    throw new Error(
      `the store is of format ${format} and this version reads format ${FORMAT}: ${wayOut(format)}`,
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
    const { table, index } = environment;
    moveToHistories({ root, users: table('users'), orders: index('orders', 'UserOrdersIndex'), histories });
  }
  if (!readOnly && format !== FORMAT) propertiesOf(root).putSync('format', FORMAT);
  return environment;
}

const propertiesOf = (root: RootDatabase<never>) =>
  root.openDB<string, string>('properties', { encoding: 'string' });

/** Undefined when nobody ever wrote to the store. */
function formatOf(
  root: RootDatabase<never>,
  tables: ReadonlyMap<TableName, Database<StoredItem, Key[]>>,
): string | undefined {
  // What is open for reading only lacks the database when nobody ever wrote it.
  const properties: ReturnType<typeof propertiesOf> | undefined = propertiesOf(root);
  const isEmpty = () => [...tables.values()].every((table) => [...table.getKeys({ limit: 1 })].length === 0);
  return properties?.get('format') ?? (isEmpty() ? undefined : '1');
}

/** What to do with a store that cannot be opened as it is. */
function wayOut(format: string): string {
  return format === FORMAT_BEFORE_HISTORIES
    ? 'start the server on it once, which brings it up to date'
    : 'move its folder away to start afresh';
}

/** A store that is open for reading only lacks what no writer has made yet. */
function known<T>(database: T | undefined, name: string): T {
  if (!database) throw new Error(`no such table or index: ${name}`);
  return database;
}
