import type { ConsumedCapacity, ReturnConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DEFAULT_MAX_CONNECTIONS } from '../../aws/aws-options.ts';
import { awsClientConfig } from '../../aws/client-config.ts';
import { MILLISECONDS_PER_SECOND, systemClock } from '../../core/clock.ts';
import { defineCounter, defineHistogram } from '../../core/figures.ts';
import { createSemaphore } from '../../scheduling/semaphore.ts';
import { traceStep } from '../../tracing/tracing.ts';
import { StoreBusyError } from '../store-errors.ts';
import type { TableName } from '../tables.ts';
import { translateError } from './errors.ts';
import { tableName } from './item-codec.ts';
import type { ItemQueues } from './item-queues.ts';
import { createItemQueues } from './item-queues.ts';
import type { CapacityUsage, DynamoDbTableStoreOptions, IndexShards, RetryOptions } from './options.ts';
import type { Deadline } from './retry.ts';
import { retryOptions, startDeadline } from './retry.ts';
import { reportServerTime } from './server-time.ts';

/** The connection to DynamoDB, with its limits and retries. */
export interface Connection {
  readonly client: DynamoDBClient;
  readonly retry: RetryOptions;
  readonly queues: ItemQueues;
  readonly shards: IndexShards;
  /** The members of each request that ask for its cost. */
  readonly capacity: { readonly ReturnConsumedCapacity: ReturnConsumedCapacity };
  tableName(table: TableName): string;
  tableOf(tableName: string): TableName;
  /**
   * Sends a request when a connection is free, aborts it at the deadline and reports its cost.
   * @throws StoreBusyError (503) when no connection is free before the deadline; nothing was sent
   */
  send<T extends Answer>(
    operation: string,
    deadline: Deadline,
    request: (options: SendOptions) => Promise<T>,
  ): Promise<T>;
  /** Runs one call of the store with a deadline, and translates the errors of the SDK. */
  run<T>(call: (deadline: Deadline) => Promise<T>): Promise<T>;
}

/** The options of the SDK for one request. */
export interface SendOptions {
  readonly abortSignal: AbortSignal;
}

interface Answer {
  readonly $metadata: object;
  readonly ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] | undefined;
}

const READ_OPERATIONS: ReadonlySet<string> = new Set([
  'GetItem',
  'BatchGetItem',
  'TransactGetItems',
  'Query',
  'Scan',
]);

/** Creates a connection. The first request opens it. */
export function connect(options: DynamoDbTableStoreOptions): Connection {
  const { tableNamePrefix = '', onConsumedCapacity, shards = {} } = options;
  const client = new DynamoDBClient(awsClientConfig(options.aws));
  if (options.onServerTime) reportServerTime(client, systemClock, options.onServerTime);
  const tableOf: Connection['tableOf'] = (name) => name.slice(tableNamePrefix.length) as TableName;
  const retry = retryOptions(options.retry);
  // The SDK also bounds its connections, but counts the wait for one as part of the connection timeout, so that a burst
  // would look like an outage.
  const connections = createSemaphore({ slots: options.aws.maxConnections ?? DEFAULT_MAX_CONNECTIONS });
  return {
    client,
    retry,
    queues: createItemQueues(),
    shards,
    capacity: { ReturnConsumedCapacity: 'TOTAL' },
    tableName: (table) => tableName(tableNamePrefix, table),
    tableOf,

    async send(operation, deadline, request) {
      const answer = await connections.pass(
        () => {
          const remaining = Math.max(1, Math.ceil(deadline.remainingMilliseconds()));
          const options = { abortSignal: AbortSignal.timeout(remaining) };
          return traceStep(`DynamoDB ${operation}`, { 'db.operation.name': operation }, () =>
            measureRequest(operation, () => request(options)),
          );
        },
        { milliseconds: deadline.remainingMilliseconds(), timeoutError: noFreeConnection },
      );
      const usage = usageOf(operation, answer, tableOf);
      count(usage);
      onConsumedCapacity?.(usage);
      return answer;
    },

    async run(call) {
      try {
        return await call(startDeadline(retry.deadlineMilliseconds));
      } catch (error) {
        throw translateError(error);
      }
    },
  };
}

const observeRequest = defineHistogram({
  name: 'cnop_dynamodb_request_seconds',
  help: 'Time of a request to DynamoDB, with the attempts of the SDK.',
  labelNames: ['operation'],
  bounds: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});
const countFailedRequest = defineCounter({
  name: 'cnop_dynamodb_failed_requests_total',
  help: 'Requests to DynamoDB that failed, by the name of the error.',
  labelNames: ['operation', 'error'],
});

async function measureRequest<T>(operation: string, request: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    return await request();
  } catch (error) {
    countFailedRequest({ operation, error: error instanceof Error ? error.name : 'unknown' });
    throw error;
  } finally {
    observeRequest({ operation }, (performance.now() - startedAt) / MILLISECONDS_PER_SECOND);
  }
}

function noFreeConnection(): StoreBusyError {
  return new StoreBusyError(new Error('too many requests of this process wait for a connection'));
}

/** Returns the units of a request over all tables and indexes; a request either reads or writes. */
function usageOf(operation: string, answer: Answer, tableOf: Connection['tableOf']): CapacityUsage {
  const isRead = READ_OPERATIONS.has(operation);
  const unitsByTable = new Map<TableName, number>();
  for (const { TableName: name, CapacityUnits: units = 0 } of [answer.ConsumedCapacity ?? []].flat()) {
    if (name !== undefined) unitsByTable.set(tableOf(name), units);
  }
  const units = [...unitsByTable.values()].reduce((sum, part) => sum + part, 0);
  return { operation, unitsByTable, readUnits: isRead ? units : 0, writeUnits: isRead ? 0 : units };
}

const countUnits = defineCounter({
  name: 'cnop_dynamodb_consumed_units_total',
  help: 'Capacity units that requests to DynamoDB consumed.',
  labelNames: ['kind', 'operation', 'table'],
});

function count({ operation, unitsByTable }: CapacityUsage): void {
  const kind = READ_OPERATIONS.has(operation) ? 'read' : 'write';
  for (const [table, units] of unitsByTable) countUnits({ kind, operation, table }, units);
}
