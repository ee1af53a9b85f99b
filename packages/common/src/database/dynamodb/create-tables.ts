import { setTimeout as wait } from 'node:timers/promises';
import type {
  AttributeDefinition,
  GlobalSecondaryIndex,
  Projection,
  TableDescription,
} from '@aws-sdk/client-dynamodb';
import {
  ContinuousBackupsUnavailableException,
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { StoreUsageError } from '../store-errors.ts';
import type { UnprotectedTable } from '../table-store.ts';
import type { IndexDefinition, IndexName, TableName } from '../tables.ts';
import { TABLE_NAMES, TABLES } from '../tables.ts';
import type { Connection } from './connection.ts';
import { connect } from './connection.ts';
import { describeError } from './errors.ts';
import { EXPIRES_AT, indexPartitionKey, indexSortKey, PARTITION_KEY, SORT_KEY } from './item-codec.ts';
import type { DynamoDbOptions } from './options.ts';
import { readItem } from './read-items.ts';
import type { Deadline } from './retry.ts';
import { startDeadline } from './retry.ts';
import { explainStart, isDenied, missingTable } from './start-errors.ts';

/** AWS takes seconds for a table, and longer for one with many indexes. */
const CREATION_DEADLINE_MILLISECONDS = 300_000;
const POLL_MILLISECONDS = 500;
const FIRST_POLL_MILLISECONDS = 20;
const MAX_PROTECTION_ATTEMPTS = 20;
const PROTECTION_PAUSE_MILLISECONDS = 1_000;
/** The key of an item that no table has. */
const ABSENT_KEY = { pk: 'PING', sk: 'PING' };

export interface CreateTablesOptions extends DynamoDbOptions {
  /** Whether new tables get point-in-time recovery and protection against deletion. */
  readonly isProtected?: boolean;
  /** Called when a new table could not be protected, which does not fail its creation. */
  readonly onUnprotected?: ((table: UnprotectedTable) => void) | undefined;
}

/**
 * Creates missing tables with their indexes, time-to-live and billing per request, and waits until all are active.
 * Existing tables stay unchanged. Several processes may call it at the same time. Where the tables exist, no other right
 * is needed than one of item operations.
 * @throws StoreStartError that names cause and remedy, when the server or the tables cannot be used
 * @throws StoreUsageError (500) when an existing table lacks an index
 * @throws StoreUnavailableError (503) when the tables do not become active within 5 minutes
 */
export async function createDynamoDbTables(options: CreateTablesOptions): Promise<void> {
  const connection = connect(options);
  const deadline = startDeadline(CREATION_DEADLINE_MILLISECONDS);
  try {
    const results = await Promise.all(
      TABLE_NAMES.map((table) => prepareTable(connection, table, { deadline, options })),
    );
    // A role may lack all rights to some tables, which its service does not use, but not to all.
    if (!results.includes(undefined)) throw explainStart(results[0], options);
  } catch (error) {
    throw explainStart(error, options);
  } finally {
    connection.client.destroy();
  }
}

interface Preparation {
  readonly deadline: Deadline;
  readonly options: CreateTablesOptions;
}

/** Creates a table if it is missing. Returns the error when the credentials have no right to it. */
async function prepareTable(
  connection: Connection,
  table: TableName,
  { deadline, options }: Preparation,
): Promise<unknown> {
  let existing: TableDescription | undefined;
  try {
    existing = await describe(connection, table, deadline);
  } catch (error) {
    if (!isDenied(error)) throw error;
    return readOneItem(connection, table, { deadline, options });
  }
  if (!existing) await createTable(connection, table, { deadline, options });
  await waitUntilActive(connection, table, deadline);
  try {
    await enableTimeToLive(connection, table, deadline);
  } catch (error) {
    if (!existing || !isDenied(error)) throw error;
  }
  if (!existing && options.isProtected) await protect(connection, table, { ...options, deadline });
  return undefined;
}

/** Enables point-in-time recovery and deletion protection of a new table; never fails a start. */
async function protect(
  connection: Connection,
  table: TableName,
  { deadline, onUnprotected }: Pick<CreateTablesOptions, 'onUnprotected'> & { readonly deadline: Deadline },
): Promise<void> {
  const TableName = connection.tableName(table);
  const { client } = connection;
  const attempt = async (what: UnprotectedTable['what'], send: () => Promise<unknown>): Promise<void> => {
    for (let attempts = 1; ; attempts += 1) {
      try {
        await send();
        return;
      } catch (error) {
        // AWS prepares the backups of a new table for some seconds.
        const isTooEarly = error instanceof ContinuousBackupsUnavailableException;
        if (!isTooEarly || attempts === MAX_PROTECTION_ATTEMPTS) {
          onUnprotected?.({ table: TableName, what, error: describeError(error) });
          return;
        }
        await wait(PROTECTION_PAUSE_MILLISECONDS);
      }
    }
  };
  await attempt('point-in-time recovery', () =>
    connection.send('UpdateContinuousBackups', deadline, (options) =>
      client.send(
        new UpdateContinuousBackupsCommand({
          TableName,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
        options,
      ),
    ),
  );
  await attempt('deletion protection', () =>
    connection.send('UpdateTable', deadline, (options) =>
      client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }), options),
    ),
  );
}

/** Finds out whether a table that may not be described exists. Returns the error when it may not be read either. */
async function readOneItem(
  connection: Connection,
  table: TableName,
  { deadline, options }: Preparation,
): Promise<unknown> {
  try {
    await readItem(connection, { table, ...ABSENT_KEY }, deadline);
    return undefined;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) throw missingTable(options, connection.tableName(table));
    if (isDenied(error)) return error;
    throw error;
  }
}

async function createTable(
  connection: Connection,
  table: TableName,
  { deadline, options }: Preparation,
): Promise<void> {
  const command = new CreateTableCommand(createTableRequest(connection.tableName(table), table));
  try {
    await connection.send('CreateTable', deadline, (sending) => connection.client.send(command, sending));
  } catch (error) {
    if (isDenied(error)) throw missingTable(options, connection.tableName(table));
    // Another process has created the table.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

async function waitUntilActive(connection: Connection, table: TableName, deadline: Deadline): Promise<void> {
  for (let pause = FIRST_POLL_MILLISECONDS; ; pause = POLL_MILLISECONDS) {
    const description = await describe(connection, table, deadline);
    if (description && isActive(description)) {
      checkIndexes(table, description);
      return;
    }
    if (pause >= deadline.remainingMilliseconds()) throw new Error(`table ${table} does not become active`);
    await wait(pause);
  }
}

function isActive(description: TableDescription): boolean {
  const indexes = description.GlobalSecondaryIndexes ?? [];
  return (
    description.TableStatus === 'ACTIVE' &&
    indexes.every((index) => (index.IndexStatus ?? 'ACTIVE') === 'ACTIVE')
  );
}

/**
 * Refuses a table without an index. Adding one to a large table takes hours and costs money, so the operator decides.
 */
function checkIndexes(table: TableName, description: TableDescription): void {
  const existing = new Set((description.GlobalSecondaryIndexes ?? []).map((index) => index.IndexName));
  const missing = indexesOf(table).filter(([name]) => !existing.has(name));
  if (missing.length > 0) {
    throw new StoreUsageError(`table ${table} lacks ${missing.map(([name]) => name).join(', ')}`);
  }
}

async function describe(
  connection: Connection,
  table: TableName,
  deadline: Deadline,
): Promise<TableDescription | undefined> {
  const command = new DescribeTableCommand({ TableName: connection.tableName(table) });
  try {
    const answer = await connection.send('DescribeTable', deadline, (options) =>
      connection.client.send(command, options),
    );
    return answer.Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function enableTimeToLive(connection: Connection, table: TableName, deadline: Deadline): Promise<void> {
  const TableName = connection.tableName(table);
  const { client } = connection;
  const state = await connection.send('DescribeTimeToLive', deadline, (options) =>
    client.send(new DescribeTimeToLiveCommand({ TableName }), options),
  );
  const status = state.TimeToLiveDescription?.TimeToLiveStatus;
  if (status === 'ENABLED' || status === 'ENABLING') return;
  const TimeToLiveSpecification = { AttributeName: EXPIRES_AT, Enabled: true };
  await connection.send('UpdateTimeToLive', deadline, (options) =>
    client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }), options),
  );
}

/**
 * Returns the request that creates a table. A template of CloudFormation has the same members.
 * @param name the name of the table in DynamoDB
 */
export function createTableRequest(name: string, table: TableName): CreateTableCommand['input'] {
  const indexes = indexesOf(table);
  const names = [
    PARTITION_KEY,
    SORT_KEY,
    ...indexes.flatMap(([name]) => [indexPartitionKey(name), indexSortKey(name)]),
  ];
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: names.map(
      (name): AttributeDefinition => ({ AttributeName: name, AttributeType: 'S' }),
    ),
    KeySchema: [
      { AttributeName: PARTITION_KEY, KeyType: 'HASH' },
      { AttributeName: SORT_KEY, KeyType: 'RANGE' },
    ],
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes.map(toGlobalIndex) }),
  };
}

function toGlobalIndex([name, definition]: readonly [IndexName, IndexDefinition]): GlobalSecondaryIndex {
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: indexPartitionKey(name), KeyType: 'HASH' },
      { AttributeName: indexSortKey(name), KeyType: 'RANGE' },
    ],
    Projection: toProjection(definition.projection),
  };
}

/** Returns a projection. It has the version only with all attributes: otherwise every write would write the index. */
function toProjection(projection: IndexDefinition['projection']): Projection {
  if (projection === 'all') return { ProjectionType: 'ALL' };
  if (projection.length === 0) return { ProjectionType: 'KEYS_ONLY' };
  return { ProjectionType: 'INCLUDE', NonKeyAttributes: [...projection] };
}

function indexesOf(table: TableName): [IndexName, IndexDefinition][] {
  return Object.entries(TABLES[table].indexes) as [IndexName, IndexDefinition][];
}
